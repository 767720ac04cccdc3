//! POP3 servers with a quirk each.

use karamail_engine::config::{Pop3Authentication, Security};

use crate::pop3::{Act, Mail, Moment, other_words};
use crate::quirks;
use crate::row::{Place, Row, Serves, customer, customer_with, other_with, pop3_row, usual_mails};
use crate::wire::{acceptor, certificate};

/// Answers one command otherwise.
fn at(verb: &'static str, act: impl Fn(&Moment<'_>) -> Act + Send + Sync + 'static) -> Row {
    pop3_row(move |moment| {
        if moment.verb == verb {
            act(moment)
        } else {
            Act::Usual
        }
    })
}

fn refuses(verb: &'static str, words: &'static str) -> Row {
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

/// Refused at the first login, free at the second.
fn refuses_once(words: &'static str) -> Row {
    at("PASS", move |moment| match moment.session {
        0 => Act::Refuse(words.to_owned()),
        _ => Act::Usual,
    })
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

    /// TOP hangs up the connection of a server that does not list it: told; RETR is not reached.
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

    /// TOP is refused for one mail: that one waits and is told, the others go on.
    top_refused_for_one_mail => pop3_row(|moment| match (moment.verb, moment.argument) {
        ("TOP", "1 0") => Act::Refuse("-ERR message 1 is corrupt".to_owned()),
        _ => Act::Usual,
    })
    .serves(Serves::Part)
    .told(Place::Log, "TOP % message 1 is corrupt % tried again", "TOP % message 1 is corrupt % もう一度");

    /// RETR is refused for one mail: that one waits and is told, the others go on.
    retr_refused_for_one_mail => refuses("RETR", "-ERR [SYS/TEMP] cannot open message")
        .stays(1)
        .serves(Serves::Part)
        .told(Place::Log, "RETR % cannot open message % tried again", "RETR % cannot open message % もう一度")
        .stays(0);

    /// The mailbox is in use, and free at the next poll.
    in_use_then_free => refuses_once("-ERR [IN-USE] Do you have another POP session running?")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "in use % another POP session % Stop other programs", "使用中 % another POP session % 止めてください");

    /// The same in plain words: the code is not needed.
    locked_without_a_code => refuses_once("-ERR Unable to lock maildrop: Mailbox is locked by POP server")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "in use % Unable to lock % Stop other programs", "使用中 % Unable to lock % 止めてください");

    /// The mailbox stays locked for a while after a connection was lost.
    stays_locked_after_a_drop => pop3_row(|moment| match (moment.session, moment.verb) {
        (0, "DELE") => Act::Drop,
        (1 | 2, "PASS") => Act::Refuse("-ERR [IN-USE] maildrop already locked".to_owned()),
        _ => Act::Usual,
    })
    .cycles(4);

    /// Polled too often for the provider.
    login_delay => refuses_once("-ERR [LOGIN-DELAY] minimum time between mail checks is 5 minutes")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "too often % 5 minutes % longer check interval", "間隔が短すぎる % 5 minutes % 収集間隔を長く");

    /// A passing fault of the server.
    system_temporary => refuses_once("-ERR [SYS/TEMP] Temporary system problem. Please try again later")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "temporary fault % Temporary system problem % tried again", "一時的な障害 % Temporary system problem % 次の収集");

    /// A lasting fault: somebody has to ask the provider.
    system_permanent => refuses_once("-ERR [SYS/PERM] POP access is not enabled for this account")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "cannot be used % not enabled % Ask the mail provider", "使えない % not enabled % 提供元で POP3 が有効");

    /// A wrong password, with the code that says so.
    wrong_password => refuses_once("-ERR [AUTH] Invalid login")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "refused the login % Invalid login % Check the user name", "ログインできません % Invalid login % 確認してください");

    /// A wrong password in a provider's own words, in no known language.
    wrong_password_without_a_code => refuses_once("-ERR \u{1b}[2Jyour ID or password is incorrect")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "refused the login % password is incorrect % Check", "ログインできません % incorrect % 確認してください");

    /// The provider takes an app password only.
    app_password_wanted => refuses_once("-ERR [AUTH] Application-specific password required: https://support.example/1")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "wants an app password % Application-specific % account settings", "アプリパスワード % Application-specific % 作り");

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

    /// LIST gives no sizes.
    list_without_sizes => says("LIST", |_, usual| columns(&usual, |_, _| "-".to_owned()));

    /// LIST lists a mail more than UIDL, which is not there: it is refused, the others go on.
    list_has_more_than_uidl => says("LIST", |_, usual| usual.replace(".\r\n", "5 1200\r\n.\r\n"))
        .told(Place::Log, "TOP % no such mail", "TOP % no such mail");

    /// UIDL lists a mail more than LIST.
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

    /// LIST and UIDL are out of order, with blanks and text behind.
    listings_out_of_order => pop3_row(|moment| match moment.verb {
        "LIST" | "UIDL" => {
            let text = String::from_utf8_lossy(moment.usual).into_owned();
            let mut lines: Vec<&str> = text.lines().filter(|line| line.contains(' ')).collect();
            lines.reverse();
            Act::Say(format!("+OK here\r\n {} \r\n.\r\n", lines.join(" \r\n  ")).into_bytes())
        }
        _ => Act::Usual,
    });

    /// A header line of 40,000 bytes, a body line of a million.
    lines_over_1000_bytes => pop3_row(|_| Act::Usual).mails({
        let mut long = customer(1);
        let head = format!("X-Long: {}\r\n", "y".repeat(40_000));
        long.bytes.splice(0..0, head.into_bytes());
        vec![long, other_with(&[b'z'; 1_000_000]), customer(3)]
    });

    /// Bare LF in header and body: the archive keeps them.
    bare_line_feeds => pop3_row(|_| Act::Usual).mails(with_bare_line_feeds(usual_mails()));

    /// Every line of the protocol ends in a bare LF, too.
    answers_with_bare_line_feeds => pop3_row(|moment| other_words(moment, "\r\n", "\n"))
        .mails(with_bare_line_feeds(usual_mails()));

    /// Every line of the protocol ends in CR alone: no answer ever ends, which is told.
    answers_with_bare_returns => pop3_row(|moment| other_words(moment, "\r\n", "\r")).short()
        .serves(Serves::Nothing)
        .told(Place::Receiving, "did not answer % greeting", "応答しませんでした");

    /// NUL bytes in header and body.
    nul_bytes => pop3_row(|_| Act::Usual).mails({
        let mut nul = customer_with(1, b"\0\0 a \0\r\n");
        nul.bytes.splice(0..0, b"X-Nul: a\0b\r\n".to_vec());
        vec![nul, other_with(b"\0\r\n\0"), customer(3)]
    });

    /// Raw 8-bit headers in Shift_JIS and EUC-JP, as old phones and PCs write them.
    eight_bit_headers => pop3_row(|_| Act::Usual).mails({
        let mut mails = usual_mails();
        mails[0].bytes.splice(0..0, b"X-Mailer: \x8b\xf3\x83\x81\x81[\x83\x8b\r\n".to_vec());
        mails[2].bytes.splice(0..0, b"X-Mailer: \xb6\xf5\xa5\xe1\xa1\xbc\xa5\xeb\r\n".to_vec());
        mails
    });

    /// Dots at every place where two reads may meet.
    dots_at_block_ends => pop3_row(|_| Act::Usual).mails({
        let mut body = Vec::new();
        for length in [4_090, 4_091, 4_092, 8_186, 16_378, 65_530] {
            body.extend(std::iter::repeat_n(b'a', length));
            body.extend_from_slice(b"\r\n.\r\n..\r\n.x\r\n");
        }
        vec![customer_with(1, &body), other_with(&body)]
    });

    /// A dot line between bare LFs is content, not the end of the mail.
    lone_dot_between_line_feeds => pop3_row(|moment| match moment.verb {
        "RETR" => other_words(moment, "Bye.\r\n", "Bye.\r\n"),
        _ => Act::Usual,
    })
    .mails(vec![customer(1), other_with(b"one\n.\ntwo\r\n")]);

    /// The greeting has several lines, and none of them is told apart by the standard.
    greeting_of_many_lines => at("", |_| Act::Say(b"+OK Welcome\r\n*** maintenance on Sunday ***\r\n\r\n POP3 server ready\r\n".to_vec()));

    /// The greeting is nothing but +OK; or +OK with odd bytes.
    greeting_of_odd_bytes => at("", |_| Act::Say(b"+OK \xa5\xe1\xa1\xbc\xa5\xeb <not a timestamp\x07\r\n".to_vec()));

    /// The greeting refuses.
    greeting_refuses => at("", |_| Act::SayAndDrop(b"-ERR [SYS/TEMP] too many connections from your address\r\n".to_vec()))
        .serves(Serves::Nothing)
        .told(Place::Receiving, "temporary fault % too many connections % tried again", "一時的な障害 % too many connections % 次の収集");

    /// Another service listens on the port.
    not_pop3_at_all => at("", |_| Act::Say(b"220 ftp.example FTP server ready\r\n".to_vec()))
        .serves(Serves::Nothing)
        .told(Place::Receiving, "not POP3 % 220 ftp.example % Check server name, port", "POP3 ではない応答 % 220 ftp.example % ポート番号");

    /// The connection is lost before QUIT: nothing is deleted, and nothing is answered again.
    drops_before_quit => at("DELE", |_| Act::Drop)
        .serves(Serves::Answers)
        .told(Place::Receiving, "lost % (DELE) % tried again", "切れました % DELE % 次の収集");

    /// Idle servers hang up while the letters go out: the same.
    drops_after_the_first_dele => at("DELE", |moment| match moment.nth {
        0 => Act::Usual,
        _ => Act::DoAndDrop,
    })
    .serves(Serves::Answers)
    .told(Place::Receiving, "lost % (DELE) % tried again", "切れました % DELE % 次の収集");

    /// The connection is lost between QUIT and its +OK, and nothing was deleted.
    drops_at_quit_undone => at("QUIT", |_| Act::Drop)
        .cycles(2)
        .serves(Serves::Answers)
        .told(Place::Receiving, "lost % QUIT % checked at the next poll", "切れました % QUIT % 次の収集で確認します");

    /// The connection is lost between QUIT and its +OK, and everything was deleted.
    drops_at_quit_done => at("QUIT", |_| Act::DoAndDrop)
        .told(Place::Receiving, "lost % QUIT % checked at the next poll", "切れました % QUIT % 次の収集で確認します");

    /// QUIT is refused because some mails could not be removed.
    quit_refused_with_half_deleted => at("QUIT", |_| Act::DeleteHalf)
        .serves(Serves::Part)
        .told(Place::Receiving, "temporary fault % not removed % checked at the next poll", "一時的な障害 % not removed % 次の収集で確認します");

    /// DELE is refused for one mail: it stays, is known, told, and tried again.
    dele_refused_for_one_mail => at("DELE", |moment| match moment.argument {
        "3" => Act::Refuse("-ERR message is locked".to_owned()),
        _ => Act::Usual,
    })
    .serves(Serves::Part)
    .told(Place::Log, "DELE % message is locked", "DELE % message is locked");

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

    /// 10,000 waiting mails, with pipelining.
    mailbox_of_10000_mails => at("CAPA", |moment| other_words(moment, "TOP\r\n", "TOP\r\nPIPELINING\r\n"))
        .mails((1..=10_000).map(customer).collect())
        .set(|mailbox| mailbox.smtp.connections = 16);

    /// Every answer comes byte by byte.
    answers_byte_by_byte => pop3_row(|_| Act::Drip);

    /// Answers to pipelined commands come joined in one packet.
    answers_joined => at("CAPA", |moment| other_words(moment, "TOP\r\n", "TOP\r\nPIPELINING\r\n"))
        .mails((1..=300).map(customer).collect());

    /// The status is in lower case.
    lower_case_status => pop3_row(|moment| other_words(moment, "+OK", "+ok"));

    /// The status has more blanks than one behind it, or a tab, or none.
    blanks_behind_the_status => pop3_row(|moment| match moment.nth {
        0 => other_words(moment, "+OK", "+OK   "),
        1 => other_words(moment, "+OK ", "+OK\t"),
        _ => Act::Usual,
    });

    /// Empty lines between the answers.
    empty_lines_between_answers => pop3_row(|moment| Act::Say([b"\r\n".as_slice(), moment.usual].concat()));

    /// STLS is in CAPA and is refused: the password is not sent.
    stls_refused => at("STLS", |_| Act::Refuse("-ERR TLS not available".to_owned()))
        .tls(acceptor(&certificate("127.0.0.1")))
        .set(|mailbox| mailbox.pop3.security = Security::StartTls)
        .serves(Serves::Nothing)
        .told(Place::Receiving, "refused STARTTLS. The password was not sent % TLS not available % port 995", "断られました。パスワードは送っていません % TLS not available % 995");

    /// STLS is not in CAPA, or somebody on the way took it out: the password is not sent.
    stls_stripped => pop3_row(|_| Act::Usual)
        .set(|mailbox| mailbox.pop3.security = Security::StartTls)
        .serves(Serves::Nothing)
        .told(Place::Receiving, "does not offer STARTTLS. The password was not sent % port 995", "対応していない % パスワードは送っていません % 995");

    /// The server hangs up on CAPA and has STLS: encryption is still demanded.
    stls_without_capa => at("CAPA", |_| Act::Drop).tls_named("127.0.0.1").hears("STLS");

    /// The certificate of a cheap shared host is for the provider's own name.
    certificate_of_another_host => pop3_row(|_| Act::Usual)
        .tls_named("sv1.hosting.example.jp")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "not for 127.0.0.1 but for sv1.hosting.example.jp % Set the server name", "sv1.hosting.example.jp % 直してください");

    /// TLS is set on a port that speaks plain text.
    plain_server_on_a_tls_port => pop3_row(|_| Act::Usual)
        .set(|mailbox| mailbox.pop3.security = Security::Tls)
        .serves(Serves::Nothing)
        .told(Place::Receiving, "does not speak TLS % 995", "TLS % 995");

    /// APOP is announced for a password it cannot be used with: the password goes as set.
    apop_announced_and_refused => pop3_row(|moment| match moment.verb {
        "" => Act::Say(b"+OK ready <1896.697170952@pop.example>\r\n".to_vec()),
        "APOP" => Act::Refuse("-ERR authentication failed".to_owned()),
        _ => Act::Usual,
    })
    .hears("APOP")
    .hears("PASS");

    /// AUTH PLAIN takes no initial response, as before RFC 5034.
    auth_plain_waits_for_a_plus => pop3_row(|moment| match (moment.verb, moment.nth) {
        ("CAPA", _) => other_words(moment, "USER\r\n", "AUTH PLAIN\r\n"),
        _ => Act::Usual,
    })
    .set(|mailbox| mailbox.pop3.authentication = Pop3Authentication::Plain)
    .hears("AUTH PLAIN");

    /// The server says farewell and hangs up while it should wait.
    farewell_in_mid_session => at("DELE", |_| Act::SayAndDrop(b"-ERR Autologout; idle for too long\r\n".to_vec()))
        .serves(Serves::Answers)
        .told(Place::Receiving, "lost % DELE", "切れました % DELE");

    /// One mail kills the connection whenever it is asked for: the others go on behind it.
    one_mail_kills_the_connection => pop3_row(|moment| match (moment.verb, moment.argument) {
        ("TOP", "1 0") => Act::Drop,
        _ => Act::Usual,
    })
    .cycles(2)
    .serves(Serves::Part)
    .told(Place::Receiving, "lost % (TOP) % tried again", "切れました % TOP % 次の収集");
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
