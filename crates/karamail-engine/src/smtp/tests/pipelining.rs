use super::*;

#[tokio::test]
async fn an_envelope_goes_out_in_one_piece_where_the_server_allows_it() {
    let server = Server::pipelining(|_| Act::Proceed).await;
    let mailer = mailer(&server);
    for _ in 0..2 {
        assert_eq!(kind(&send(&mailer).await), "accepted");
    }
    assert_eq!((server.connections(), server.contents().len()), (1, 2));
    assert_eq!(
        server.together(),
        4,
        "RCPT came with MAIL, and DATA with RCPT: {:?}",
        server.lines()
    );
}

#[tokio::test]
async fn commands_go_out_one_by_one_where_the_server_does_not_allow_more() {
    let server = Server::start(|_| Act::Proceed).await;
    assert_eq!(kind(&send(&mailer(&server)).await), "accepted");
    assert_eq!(server.together(), 0);
}

#[tokio::test]
async fn each_refusal_in_a_pipelined_envelope_is_told_for_its_own_step() {
    for (step, answer, outcome) in [
        (Step::MailFrom, "550 5.7.1 not you", "trouble"),
        (Step::MailFrom, "451 4.3.0 later", "again"),
        (Step::Recipient, "550 5.1.1 no such user", "refused"),
        (Step::Recipient, "450 4.2.0 greylisted", "again"),
        (Step::Data, "554 5.5.1 no valid recipients", "refused"),
        (Step::Data, "451 4.3.0 later", "again"),
    ] {
        for pipelines in [false, true] {
            let script = move |moment: &Moment<'_>| match (moment.step == step, step, moment.step) {
                (true, _, _) => Act::Say(answer),
                // As sound servers answer what stands behind a refused command.
                (_, Step::MailFrom, Step::Recipient) | (_, Step::MailFrom | Step::Recipient, Step::Data) => {
                    Act::Say("503 5.5.1 not now")
                }
                _ => Act::Proceed,
            };
            let server = match pipelines {
                true => Server::pipelining(script).await,
                false => Server::start(script).await,
            };
            let found = send(&mailer(&server)).await;
            assert_eq!(kind(&found), outcome, "{step:?} {answer} {pipelines}: {found:?}");
            assert_eq!(fault(found.clone()).step(), step, "{answer} {pipelines}");
            assert_eq!(server.contents().len(), 0);
        }
    }
}

#[tokio::test]
async fn one_refused_customer_costs_no_connection_when_envelopes_are_pipelined() {
    let server = Server::pipelining(|moment| match moment.step {
        Step::Recipient if moment.line.contains("bad@") => Act::Say("550 5.1.1 no such user"),
        Step::Data if moment.letter == 0 => Act::Say("554 5.5.1 no valid recipients"),
        _ => Act::Proceed,
    })
    .await;
    let mailer = mailer(&server);
    let bad = send_to(&mailer, "bad@docomo.ne.jp").await;
    assert_eq!(kind(&bad), "refused");
    // The script's first letter never began, so its second DATA is refused as well, and comes back whole.
    assert_eq!(fault(send(&mailer).await).step(), Step::Data);
    assert_eq!(server.connections(), 1);
    assert_eq!(server.lines()[4..6], ["RSET", "MAIL FROM:<shop@example.jp>"]);
}

#[tokio::test]
async fn nothing_is_sent_where_data_is_granted_for_a_refused_recipient() {
    let server = Server::pipelining(|moment| match moment.line.contains("bad@") {
        true => Act::Say("550 5.1.1 no such user"),
        false => Act::Proceed,
    })
    .await;
    let mailer = mailer(&server);
    let bad = send_to(&mailer, "bad@docomo.ne.jp").await;
    assert_eq!(kind(&bad), "refused");
    assert_eq!(kind(&send(&mailer).await), "accepted");
    assert_eq!(
        (server.connections(), server.contents().len()),
        (2, 1),
        "the first connection is in the middle of a letter that nobody is to get"
    );
}

#[tokio::test]
async fn answers_to_a_pipelined_envelope_may_come_in_any_pieces() {
    // MAIL's and RCPT's answers with MAIL's; RCPT has none of its own.
    let server = Server::pipelining(|moment| match moment.step {
        Step::MailFrom => Act::SayBytes(b"250-2.1.0 ok\r\n250 2.1.0 go on\r\n250 2.1.5 o"),
        Step::Recipient => Act::SayBytes(b"k\r\n"),
        _ => Act::Proceed,
    })
    .await;
    assert_eq!(kind(&send(&mailer(&server)).await), "accepted");
    // More answers than commands.
    let server = Server::pipelining(at(Step::Data, || Act::SayBytes(b"354 go\r\n250 accepted\r\n"))).await;
    assert_eq!(kind(&send(&mailer(&server)).await), "again");
    assert!(server.contents().is_empty());
}

#[tokio::test]
async fn a_pipelined_envelope_that_meets_the_end_of_the_connection_is_told_for_what_was_heard() {
    for (step, expected) in [
        (Step::MailFrom, "trouble"),
        (Step::Recipient, "again"),
        (Step::Data, "again"),
    ] {
        let server = Server::pipelining(at(step, || Act::Drop)).await;
        let found = send(&mailer(&server)).await;
        assert_eq!(
            (kind(&found), fault(found.clone()).step()),
            (expected, step),
            "{found:?}"
        );
    }
    let server = Server::pipelining(|moment| match (moment.connection, moment.letter, moment.step) {
        (0, 1, Step::MailFrom) => Act::SayAndDrop("421 4.4.2 idle too long"),
        _ => Act::Proceed,
    })
    .await;
    let mailer = mailer(&server);
    for _ in 0..3 {
        assert_eq!(kind(&send(&mailer).await), "accepted");
    }
    assert_eq!((server.connections(), server.contents().len()), (2, 3));
}

#[tokio::test]
async fn no_content_goes_out_while_an_answer_to_the_envelope_was_not_understood() {
    // Answers to all three at once, the first with a code that is not in use and lines behind it.
    let server = Server::pipelining(|moment| match moment.step {
        Step::MailFrom => Act::SayBytes(b"260-a\r\n260 b\r\n250 ok\r\n354 go\r\n"),
        Step::Recipient | Step::Data => Act::SayBytes(b""),
        _ => Act::Proceed,
    })
    .await;
    assert_ne!(kind(&send(&mailer(&server)).await), "accepted");
    assert!(server.contents().is_empty(), "it would be sent again and again");
    let server = Server::pipelining(at(Step::MailFrom, || Act::SayBytes(b"250\r\n"))).await;
    assert_eq!(
        kind(&send(&mailer(&server)).await),
        "accepted",
        "a bare code is an answer"
    );
}

#[tokio::test]
async fn a_letter_whose_envelope_came_to_nothing_in_one_piece_goes_out_command_by_command() {
    // As filters between us and the server that lose a packet of several commands, hear only its first, or hang up on it; and
    // a server whose answer lettre does not take.
    let cases: [(Step, fn() -> Act); 4] = [
        (Step::MailFrom, || Act::Hang),
        (Step::Recipient, || Act::Hang),
        (Step::Recipient, || Act::Drop),
        (Step::Data, || Act::SayBytes(b"354-go\r\n354\r\n")),
    ];
    for (step, act) in cases {
        let server = Server::pipelining(move |moment| match moment.connection {
            0 if moment.step == step => act(),
            _ => Act::Proceed,
        })
        .await;
        let mailer = impatient(&server);
        assert_eq!(kind(&send(&mailer).await), "accepted", "{step:?}");
        let before = server.together();
        assert!(before > 0);
        assert_eq!(kind(&send(&mailer).await), "accepted", "{step:?}");
        assert_eq!(server.together(), before, "{step:?}: {:?}", server.lines());
        assert_eq!(server.contents().len(), 2, "{step:?}: each letter once");
    }
}

#[tokio::test]
async fn a_server_that_refuses_and_hangs_up_is_not_asked_again_and_still_gets_envelopes_in_one_piece() {
    for (step, words, outcome) in [
        (Step::MailFrom, "421 4.7.0 too many connections", "trouble"),
        (
            Step::MailFrom,
            "571-5.7.1 blocked\r\n571 5.7.1 see our pages",
            "trouble",
        ),
        (Step::Recipient, "550 5.1.1 no such user", "refused"),
    ] {
        let server = Server::pipelining(move |moment| match moment.connection {
            0 if moment.step == step => Act::SayAndDrop(words),
            _ => Act::Proceed,
        })
        .await;
        let mailer = mailer(&server);
        let found = send(&mailer).await;
        assert_eq!(
            (kind(&found), server.connections()),
            (outcome, 1),
            "{words}: {found:?}"
        );
        let before = server.together();
        assert_eq!(kind(&send(&mailer).await), "accepted");
        assert_eq!(server.together() - before, 2, "{words}");
    }
}

#[tokio::test]
async fn the_test_of_sending_goes_the_way_of_letters_behind_a_filter() {
    let server = Server::pipelining(|moment| match (moment.connection, moment.step) {
        (0, Step::Recipient) => Act::Drop,
        _ => Act::Proceed,
    })
    .await;
    let (from, to) = (address("shop@example.jp"), address("taro@docomo.ne.jp"));
    let sent = mailer(&server).send_watched(&from, &to, LETTER, &nobody).await;
    assert_eq!((sent.is_ok(), server.contents().len()), (true, 1), "{sent:?}");
}
