//! POP3 servers with a quirk each: capabilities, listings and mails.

use std::time::Duration;

use crate::pop3::{Act, Mail, Moment, other_words};
use crate::quirks;
use crate::row::{Place, Row, Serves, customer, customer_with, other_with, pop3_row, usual_mails};

/// Answers one command otherwise.
pub(crate) fn at(verb: &'static str, act: impl Fn(&Moment<'_>) -> Act + Send + Sync + 'static) -> Row {
    pop3_row(move |moment| {
        if moment.verb == verb {
            act(moment)
        } else {
            Act::Usual
        }
    })
}

pub(crate) fn refuses(verb: &'static str, words: &'static str) -> Row {
    at(verb, move |_| Act::Refuse(words.to_owned()))
}

/// Says the usual with a change.
fn says(verb: &'static str, change: impl Fn(&Moment<'_>, String) -> String + Send + Sync + 'static) -> Row {
    at(verb, move |moment| {
        Act::Say(change(moment, String::from_utf8_lossy(moment.usual).into_owned()).into_bytes())
    })
}

fn without_capability(moment: &Moment<'_>, name: &str) -> Act {
    other_words(moment, &format!("{name}\r\n"), "")
}

/// The lines of a listing with each second column changed.
fn columns(listing: &str, change: impl Fn(usize, &str) -> String) -> String {
    let lines = listing.lines().map(|line| match line.split_once(' ') {
        Some((number, column)) if number.parse::<usize>().is_ok() => {
            format!("{number} {}\r\n", change(number.parse().unwrap(), column))
        }
        _ => format!("{line}\r\n"),
    });
    lines.collect()
}

quirks! {
    /// UIDL is no command of the server: each mail is told by its content.
    no_uidl => refuses("UIDL", "-ERR unknown command");

    /// UIDL works though CAPA does not list it: it is tried all the same.
    uidl_works_though_capa_does_not_list_it => at("CAPA", |moment| without_capability(moment, "UIDL")).hears("UIDL");

    /// CAPA is no command of the server: nothing is known, everything is tried.
    no_capa => refuses("CAPA", "-ERR unknown command");

    /// The server hangs up on CAPA: a second connection does without.
    hangs_up_on_capa => at("CAPA", |_| Act::Drop);

    /// The server says why and hangs up on CAPA: the same.
    refuses_and_hangs_up_on_capa => at("CAPA", |_| Act::SayAndDrop(b"-ERR bad command, bye\r\n".to_vec()));

    /// The server never answers CAPA: the same, after the read time limit.
    never_answers_capa => at("CAPA", |_| Act::Hang(Vec::new())).short();

    /// The server answers CAPA with something that is no POP3: the same.
    babbles_at_capa => at("CAPA", |_| Act::Hang(b"500 what?\r\n".to_vec())).short();

    /// CAPA works before the login and hangs up after it: the same.
    hangs_up_on_capa_after_the_login => at("CAPA", |moment| match moment.is_logged_in {
        true => Act::Drop,
        false => Act::Usual,
    });

    /// Unique ids are longer than the 70 characters of the standard: long ones are kept as a digest.
    uidl_longer_than_70_characters => says("UIDL", |_, usual| columns(&usual, |_, id| format!("{id}{}", "x".repeat(900))))
        .cycles(2);

    /// Two mails have the same unique id: it tells neither, so both are told by their content.
    uidl_repeated => says("UIDL", |_, usual| columns(&usual, |number, _| format!("same-{}", number / 2)));

    /// A unique id holds 8-bit and control characters: it is kept as a digest.
    uidl_of_odd_bytes => at("UIDL", |moment| {
        let text = String::from_utf8_lossy(moment.usual);
        Act::Say(columns(&text, |number, _| format!("{number}\u{8}\u{fe}\u{e9}")).chars().map(|c| c as u8).collect())
    });

    /// Some lines of UIDL hold no unique id: those mails are told by their content.
    uidl_empty => says("UIDL", |_, usual| columns(&usual, |_, _| String::new()));

    /// Every unique id is another one at each session: content tells the mails, so nothing is answered twice.
    uidl_changes_every_session => pop3_row(|moment| match moment.verb {
        "UIDL" => {
            let session = moment.session;
            let text = String::from_utf8_lossy(moment.usual);
            Act::Say(columns(&text, |_, id| format!("{session}-{id}")).into_bytes())
        }
        "QUIT" => Act::Drop,
        _ => Act::Usual,
    })
    .cycles(3)
    .serves(Serves::Answers)
    .told(Place::Receiving, "QUIT % checked at the next poll", "QUIT % 次の収集で確認します");

    /// The provider moved the mailbox, every unique id is new: content tells the mails, so nothing is answered twice.
    uidl_all_new_after_a_migration => at("DELE", |_| Act::Refuse("-ERR read-only until the move".to_owned()))
        .serves(Serves::Answers)
        .told(Place::Log, "read-only until the move", "read-only until the move")
        .uidls_change();

    /// TOP is no command of the server: RETR instead, of which all behind the header is dropped.
    no_top => pop3_row(|moment| match moment.verb {
        "TOP" => Act::Refuse("-ERR unknown command".to_owned()),
        "CAPA" => without_capability(moment, "TOP"),
        _ => Act::Usual,
    })
    .hears("RETR 1");

    /// TOP is listed and refused for every mail: the same.
    top_listed_and_refused => refuses("TOP", "-ERR not implemented").hears("RETR 1");

    /// The server hangs up on TOP: told.
    hangs_up_on_top => at("TOP", |_| Act::Drop)
        .serves(Serves::Nothing)
        .told(Place::Receiving, "127.0.0.1 % lost % (TOP) % tried again", "127.0.0.1 % 切れました % 次の収集");

    /// TOP n 0 brings lines of the body as well: they are dropped.
    top_brings_body_lines => pop3_row(|moment| match moment.verb {
        "TOP" => other_words(moment, "\r\n\r\n.\r\n", "\r\n\r\nline 1\r\n..line 2\r\n\r\nline 4\r\n.\r\n"),
        _ => Act::Usual,
    });

    /// TOP brings the header without the empty line behind it: the end of the answer is the end of the header.
    top_without_empty_line => pop3_row(|moment| match moment.verb {
        "TOP" => other_words(moment, "\r\n\r\n.\r\n", "\r\n.\r\n"),
        _ => Act::Usual,
    });

    /// TOP is refused for one mail: RETR may hand it out all the same.
    top_refused_for_one_mail => pop3_row(|moment| match (moment.verb, moment.argument) {
        ("TOP", "1 0") => Act::Refuse("-ERR message 1 is corrupt".to_owned()),
        _ => Act::Usual,
    })
    .hears("RETR 1");

    /// TOP and RETR are refused for one mail: it waits and is told, the others go on.
    top_and_retr_refused_for_one_mail => pop3_row(|moment| match (moment.verb, moment.argument) {
        ("TOP", "1 0") | ("RETR", "1") => Act::Refuse("-ERR message 1 is corrupt".to_owned()),
        _ => Act::Usual,
    })
    .serves(Serves::AllButOne)
    .told(Place::Log, "RETR % message 1 is corrupt % tried again", "RETR % message 1 is corrupt % もう一度");

    /// RETR is refused for one mail: that one waits and is told, the others go on.
    retr_refused_for_one_mail => refuses("RETR", "-ERR [SYS/TEMP] cannot open message")
        .serves(Serves::AllButOne)
        .told(Place::Log, "RETR % cannot open message % tried again", "RETR % cannot open message % もう一度");

    /// PASS is answered with the count of waiting mails, as old servers do: any +OK is one.
    chatty_answers => pop3_row(|moment| match moment.verb {
        "USER" | "PASS" | "DELE" => Act::Say(b"+OK customer's maildrop has 4 messages (2300 octets) [NO SUCH CODE]\r\n".to_vec()),
        _ => Act::Usual,
    });

    /// The sizes of LIST are wrong, and others at each session: nothing rests on them.
    list_sizes_lie => says("LIST", |moment, usual| columns(&usual, |number, _| format!("{}", 7 * number + moment.session)))
        .cycles(2);

    /// The sizes lie and there is no UIDL, and the session breaks: the mails are still known again.
    list_sizes_lie_without_uidl => pop3_row(|moment| match moment.verb {
        "UIDL" => Act::Refuse("-ERR unknown command".to_owned()),
        "LIST" => {
            let text = String::from_utf8_lossy(moment.usual);
            let session = moment.session;
            Act::Say(columns(&text, |number, _| format!("{}", 7 * number + session)).into_bytes())
        }
        "QUIT" => Act::Drop,
        _ => Act::Usual,
    })
    .cycles(2)
    .serves(Serves::Answers)
    .told(Place::Receiving, "QUIT % checked at the next poll", "QUIT % 次の収集で確認します");

    /// LIST gives no sizes: none are needed.
    list_without_sizes => says("LIST", |_, usual| columns(&usual, |_, _| "-".to_owned()));

    /// LIST lists a mail more than UIDL, which is not there: it is refused, the others go on.
    list_has_more_than_uidl => says("LIST", |_, usual| usual.replace(".\r\n", "5 1200\r\n.\r\n"))
        .told(Place::Log, "RETR % no such mail", "RETR % no such mail");

    /// UIDL lists a mail more than LIST: both lists count.
    uidl_has_more_than_list => says("LIST", |_, usual| columns(&usual, |_, size| size.to_owned()).replace("2 ", "x "));

    /// STAT counts more mails than there are, LIST and UIDL are refused: what is not there is refused.
    stat_counts_more_than_there_are => pop3_row(|moment| match moment.verb {
        "LIST" | "UIDL" => Act::Refuse("-ERR unknown command".to_owned()),
        "STAT" => Act::Say(b"+OK 6 99999\r\n".to_vec()),
        _ => Act::Usual,
    })
    .told(Place::Log, "no such mail", "no such mail");

    /// STAT counts fewer: the rest comes with the next polls.
    stat_counts_fewer_than_there_are => pop3_row(|moment| match moment.verb {
        "LIST" | "UIDL" => Act::Refuse("-ERR unknown command".to_owned()),
        "STAT" => Act::Say(b"+OK 1 10\r\n".to_vec()),
        _ => Act::Usual,
    })
    .cycles(4);

    /// LIST and UIDL are out of order, with blanks and text behind: they are put together by number.
    listings_out_of_order => pop3_row(|moment| match moment.verb {
        "LIST" | "UIDL" => {
            let text = String::from_utf8_lossy(moment.usual).into_owned();
            let mut lines: Vec<&str> = text.lines().filter(|line| line.contains(' ')).collect();
            lines.reverse();
            Act::Say(format!("+OK here\r\n {} \r\n.\r\n", lines.join(" \r\n  ")).into_bytes())
        }
        _ => Act::Usual,
    });

    /// A header line of 40,000 bytes, a body line of a million: read as they are.
    lines_over_1000_bytes => pop3_row(|_| Act::Usual).mails({
        let mut long = customer(1);
        let head = format!("X-Long: {}\r\n", "y".repeat(40_000));
        long.bytes.splice(0..0, head.into_bytes());
        vec![long, other_with(&[b'z'; 1_000_000]), customer(3)]
    });

    /// Bare LF in header and body: read as line ends, kept as they are in the archive.
    bare_line_feeds => pop3_row(|_| Act::Usual).mails(with_bare_line_feeds(usual_mails()));

    /// Every line of the protocol ends in a bare LF: so may the last line of an answer then.
    answers_with_bare_line_feeds => pop3_row(|moment| other_words(moment, "\r\n", "\n"))
        .mails(with_bare_line_feeds(usual_mails()));

    /// Every line of the protocol ends in CR alone: no answer ever ends, which is told.
    answers_with_bare_returns => pop3_row(|moment| other_words(moment, "\r\n", "\r")).short()
        .serves(Serves::Nothing)
        .told(Place::Receiving, "did not answer % greeting", "応答しませんでした");

    /// NUL bytes in header and body: read and kept.
    nul_bytes => pop3_row(|_| Act::Usual).mails({
        let mut nul = customer_with(1, b"\0\0 a \0\r\n");
        nul.bytes.splice(0..0, b"X-Nul: a\0b\r\n".to_vec());
        vec![nul, other_with(b"\0\r\n\0"), customer(3)]
    });

    /// Raw 8-bit headers in Shift_JIS and EUC-JP, as old phones and PCs write them: read.
    eight_bit_headers => pop3_row(|_| Act::Usual).mails({
        let mut mails = usual_mails();
        mails[0].bytes.splice(0..0, b"X-Mailer: \x8b\xf3\x83\x81\x81[\x83\x8b\r\n".to_vec());
        mails[2].bytes.splice(0..0, b"X-Mailer: \xb6\xf5\xa5\xe1\xa1\xbc\xa5\xeb\r\n".to_vec());
        mails
    });

    /// Lines of dots at every place where two reads may meet: dot-stuffing comes off exactly once.
    dots_at_block_ends => pop3_row(|_| Act::Usual).mails({
        let mut body = Vec::new();
        for length in [4_090, 4_091, 4_092, 8_186, 16_378, 65_530] {
            body.extend(std::iter::repeat_n(b'a', length));
            body.extend_from_slice(b"\r\n.\r\n..\r\n.x\r\n");
        }
        vec![customer_with(1, &body), other_with(&body)]
    });

    /// A lone dot between bare LFs: content, not the end of the mail.
    lone_dot_between_line_feeds => pop3_row(|moment| match moment.verb {
        "RETR" => other_words(moment, "Bye.\r\n", "Bye.\r\n"),
        _ => Act::Usual,
    })
    .mails(vec![customer(1), other_with(b"one\n.\ntwo\r\n")]);

    /// Gmail hides a mail from POP3 once any client fetched it: an answer under way still goes out, the mail counts as gone.
    fetched_mails_are_hidden => pop3_row(|moment| match (moment.session, moment.verb) {
        (0, "DELE") => Act::Drop,
        (1, "LIST" | "UIDL") => Act::Say(b"+OK\r\n.\r\n".to_vec()),
        (1, "STAT") => Act::Say(b"+OK 0 0\r\n".to_vec()),
        _ => Act::Usual,
    })
    .cycles(2)
    .serves(Serves::Answers);

    /// A customer's mail of 100 MB: its header is all that is fetched.
    mail_of_100_megabytes => pop3_row(|_| Act::Usual).mails(vec![customer_with(1, &photo(100)), customer(2)]);

    /// The same where the server has no TOP: the rest is read and dropped.
    mail_of_100_megabytes_without_top => refuses("TOP", "-ERR unknown command")
        .mails(vec![customer_with(1, &photo(100)), customer(2)]);

    /// Another mail over the limit of the settings: it stays for the shop to decide, and is not fetched again.
    other_mail_over_the_limit => pop3_row(|_| Act::Usual)
        .mails(vec![other_with(&photo(3)), customer(1)])
        .set(|mailbox| mailbox.pop3.largest_mail = 1_000_000)
        .stays(1);

    /// 10,000 waiting mails: 10,000 numbers without a hole.
    mailbox_of_10000_mails => at("CAPA", |moment| other_words(moment, "TOP\r\n", "TOP\r\nPIPELINING\r\n"))
        .mails((1..=10_000).map(customer).collect())
        .set(|mailbox| mailbox.smtp.connections = 16);

    /// Every answer comes byte by byte: put together.
    answers_byte_by_byte => pop3_row(|_| Act::Drip);

    /// Answers to pipelined commands come joined in one packet: taken apart.
    answers_joined => at("CAPA", |moment| other_words(moment, "TOP\r\n", "TOP\r\nPIPELINING\r\n"))
        .mails((1..=300).map(customer).collect());

    /// The status is in lower case, `+ok`: as good as in capitals.
    lower_case_status => pop3_row(|moment| other_words(moment, "+OK", "+ok"));

    /// More blanks than one behind the status, or a tab: skipped.
    blanks_behind_the_status => pop3_row(|moment| match moment.nth {
        0 => other_words(moment, "+OK", "+OK   "),
        1 => other_words(moment, "+OK ", "+OK\t"),
        _ => Act::Usual,
    });

    /// Empty lines between the answers: skipped.
    empty_lines_between_answers => pop3_row(|moment| Act::Say([b"\r\n".as_slice(), moment.usual].concat()));

    /// RETR hands out another mail than the one asked for: nothing is archived in its place, it waits and is told.
    retr_of_another_mail => at("RETR", |_| Act::Say([b"+OK\r\n", customer(1).bytes.as_slice(), b"\r\n.\r\n"].concat()))
        .serves(Serves::AllButOne)
        .told(Place::Log, "another mail than the one that was asked for", "別のメールを渡しました");

    /// TOP hands out the mails in another order than they are listed in: each is answered, and all go together.
    top_of_another_mail => at("TOP", |moment| {
        let mails = usual_mails();
        let place = moment.argument.split(' ').next().and_then(|number| number.parse::<usize>().ok()).unwrap();
        // Customers change places; the other mail stays.
        let shown = [2, 1, 3, 0][place - 1];
        let head = &mails[shown].bytes;
        let end = head.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        Act::Say([b"+OK\r\n", &head[..end], b".\r\n"].concat())
    });

    /// Unique ids hold blanks: what stands behind the first word is no part of them, and content tells the mails.
    uidl_with_blanks => says("UIDL", |_, usual| columns(&usual, |number, _| format!("one id {number} of many"))).cycles(2);

    /// Numbers of mails are negative, zero, repeated or larger than any number: such lines are no mails.
    numbers_of_no_mail => pop3_row(|moment| match moment.verb {
        "LIST" | "UIDL" => other_words(moment, "+OK\r\n", "+OK\r\n-1 7\r\n0 7\r\n99999999999999999999 7\r\n4294967297 7\r\n"),
        _ => Act::Usual,
    });

    /// Sizes are negative, larger than any number, or words: nothing rests on them.
    sizes_of_no_mail => says("LIST", |_, usual| columns(&usual, |number, _| {
        ["-5", "99999999999999999999999", "large", "18446744073709551615"][number % 4].to_owned()
    }));

    /// STAT counts thousands of millions while LIST and UIDL list four mails: the lists hold.
    stat_disagrees_with_the_lists => at("STAT", |_| Act::Say(b"+OK 4000000000 99999999999999999999\r\n".to_vec()));

    /// An answer of many lines never ends: no more of it is kept than a large mailbox needs, and the time limit of the session
    /// ends it.
    uidl_without_an_end => at("UIDL", |_| Act::Endless(b"1 uid-1\r\n".to_vec()))
        .set(|mailbox| mailbox.pop3.session_timeout = Duration::from_secs(2))
        .serves(Serves::Nothing)
        .told(Place::Receiving, "passed its limit of 2 seconds % (UIDL)", "UIDL % 制限時間(2 秒)");

    /// One mail kills the connection whenever it is asked for: told; the second poll asks for it last, the next ones go on
    /// without it for a while, and the others are answered and deleted.
    one_mail_kills_the_connection => pop3_row(|moment| match (moment.verb, moment.argument) {
        ("TOP", "1 0") => Act::Drop,
        _ => Act::Usual,
    })
    .cycles(3)
    .stays_up()
    .serves(Serves::AllButOne)
    .told(Place::Log, "lost % (TOP)", "切れました % TOP");

    /// One mail kills the connection while it is fetched for the archive: the same.
    one_mail_kills_the_connection_in_its_middle => at("RETR", |_| Act::SayAndDrop(b"+OK\r\nFrom: <asker@exam".to_vec()))
        .cycles(3)
        .stays_up()
        .serves(Serves::AllButOne)
        .told(Place::Log, "lost % (RETR)", "切れました % RETR");
}

fn with_bare_line_feeds(mails: Vec<Mail>) -> Vec<Mail> {
    let bare = |mail: Mail| Mail {
        bytes: String::from_utf8(mail.bytes)
            .unwrap()
            .replace("\r\n", "\n")
            .into_bytes(),
        ..mail
    };
    mails.into_iter().map(bare).collect()
}

fn photo(megabytes: usize) -> Vec<u8> {
    b"iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXD\r\n"
        .repeat(megabytes * 1_000_000 / 78)
}
