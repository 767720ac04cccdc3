use super::*;

#[tokio::test]
async fn one_refused_customer_does_not_cost_the_connection() {
    let server = Server::start(|moment| {
        let is_bad = moment.line.contains("bad@");
        if is_bad {
            Act::Say("550 5.1.1 no such user")
        } else {
            Act::Proceed
        }
    })
    .await;
    let mailer = mailer(&server);
    let bad = send_to(&mailer, "bad@docomo.ne.jp").await;
    assert_eq!((kind(&bad), kind(&send(&mailer).await)), ("refused", "accepted"));
    assert_eq!(server.connections(), 1);
    assert_eq!(server.lines()[3..5], ["RSET", "MAIL FROM:<shop@example.jp>"]);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_is_no_failure() {
    for act in [
        || Act::Drop,
        || Act::SayAndDrop("421 4.4.2 idle too long"),
        || Act::Say("530 5.7.0 log in"),
    ] {
        let server = Server::start(
            move |moment| match (moment.connection, moment.letter, moment.step) {
                (0, 1, Step::MailFrom) => act(),
                _ => Act::Proceed,
            },
        )
        .await;
        let mailer = mailer(&server);
        for _ in 0..3 {
            assert_eq!(kind(&send(&mailer).await), "accepted");
        }
        assert_eq!((server.connections(), server.contents().len()), (2, 3));
    }
}

#[tokio::test]
async fn a_server_that_closes_after_each_letter_is_no_failure() {
    let server = Server::start(at(Step::Content, || Act::SayAndDrop("250 ok"))).await;
    let mailer = mailer(&server);
    for _ in 0..5 {
        assert_eq!(kind(&send(&mailer).await), "accepted");
    }
    assert_eq!(server.contents().len(), 5, "each letter once");
}

#[tokio::test]
async fn an_answer_out_of_turn_is_never_taken_for_the_next() {
    let server = Server::start(at(Step::Recipient, || {
        Act::SayBytes(b"250 ok\r\n354 go\r\n250 accepted\r\n")
    }))
    .await;
    assert_eq!(kind(&send(&mailer(&server)).await), "again");
    let server = Server::start(|moment| match (moment.connection, moment.step) {
        (0, Step::Content) => Act::SayBytes(b"250 ok\r\n421 bye\r\n"),
        _ => Act::Proceed,
    })
    .await;
    let mailer = mailer(&server);
    assert_eq!(
        (kind(&send(&mailer).await), kind(&send(&mailer).await)),
        ("accepted", "accepted")
    );
    assert_eq!(
        server.connections(),
        2,
        "a session that is out of step is not used again"
    );
}

#[tokio::test]
async fn a_dropped_send_closes_its_connection_and_harms_no_later_letter() {
    let server = Server::start(|moment| match (moment.connection, moment.step) {
        (0, Step::Content) => Act::Hang,
        _ => Act::Proceed,
    })
    .await;
    let mailer = mailer(&server);
    let (from, to) = (address("shop@example.jp"), address("taro@docomo.ne.jp"));
    {
        let sending = mailer.send(&from, &to, LETTER);
        let arrived = async {
            while server.contents().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = sending => panic!("it hangs"),
            () = arrived => {}
        }
    }
    assert_eq!(kind(&send(&mailer).await), "accepted");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn several_letters_at_once_share_the_connections() {
    let server = Server::start(|_| Act::Proceed).await;
    let mailer = Mailer::new(
        &SmtpSettings {
            connections: 3,
            ..settings(server.port)
        },
        None,
    )
    .unwrap();
    assert_eq!(mailer.connections(), 3);
    for _ in 0..5 {
        let sends = futures_util::future::join_all((0..8).map(|_| send(&mailer))).await;
        assert!(sends.iter().all(|outcome| kind(outcome) == "accepted"));
    }
    assert_eq!(server.contents().len(), 40);
    assert!(
        server.most_open() <= 3 && server.connections() <= 3,
        "{}",
        server.connections()
    );
}

#[tokio::test]
async fn idle_connections_are_closed_with_quit_and_opened_anew() {
    let server = Server::start(|_| Act::Proceed).await;
    let mut mailer = mailer(&server);
    mailer.pool = Pool::new(2, Duration::from_millis(50));
    let mut opened = 0;
    for _ in 0..2 {
        futures_util::future::join_all((0..2).map(|_| send(&mailer))).await;
        assert!(
            server.connections() > opened,
            "the closed ones are not used again"
        );
        opened = server.connections();
        let quits = || server.lines().iter().filter(|line| *line == "QUIT").count();
        let closed = async {
            while quits() < opened {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(TIMEOUT, closed)
            .await
            .expect("every connection says goodbye");
    }
}

#[tokio::test]
async fn a_rest_longer_than_the_time_out_is_no_failure() {
    let server = Server::start(|_| Act::Proceed).await;
    let mailer = impatient(&server);
    assert_eq!(kind(&send(&mailer).await), "accepted");
    tokio::time::sleep(SHORT * 2).await;
    assert_eq!(kind(&send(&mailer).await), "accepted");
    assert_eq!(server.connections(), 1);
}
