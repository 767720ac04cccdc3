//! SMTP servers with a quirk each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use karamail_engine::config::{Mailbox, Security, SmtpAuthentication};

use crate::common::signup;
use crate::pop3::{self, Mail};
use crate::quirks;
use crate::row::{Place, Row, Serves, customer, smtp_row, usual_mails};
use crate::smtp::{Act, Moment};
use crate::wire::{acceptor, certificate};

/// Answers one command otherwise.
fn at(verb: &'static str, act: impl Fn(&Moment<'_>) -> Act + Send + Sync + 'static) -> Row {
    smtp_row(move |moment| {
        if moment.verb == verb {
            act(moment)
        } else {
            Act::Usual
        }
    })
}

/// Answers one command with these words.
fn says(verb: &'static str, words: &'static str) -> Row {
    at(verb, move |_| Act::Say(words.to_owned()))
}

/// The answer to EHLO without a line, or with another one.
fn hello(from: &'static str, to: &'static str) -> Row {
    at("EHLO", move |moment| Act::Say(moment.usual.replace(from, to)))
}

fn with_login(mailbox: &mut Mailbox) {
    mailbox.smtp.authentication = SmtpAuthentication::Password;
    mailbox.smtp.same_credentials_as_pop3 = true;
    mailbox.smtp.user = mailbox.pop3.user.clone();
}

const IS_TRIED_AGAIN: (&str, &str) = ("trying again at", "再送");

/// Each letter waits for its next attempt, with what the server said.
fn waits(row: Row, said: &str) -> Row {
    let (english, japanese) = IS_TRIED_AGAIN;
    row.serves(Serves::Nothing).told(
        Place::Log,
        &format!("{said} % {english}"),
        &format!("{said} % {japanese}"),
    )
}

/// The server takes nothing at all, which is told once for all letters.
fn pauses(row: Row, english: &str, japanese: &str) -> Row {
    row.serves(Serves::Nothing)
        .told(Place::Sending, english, japanese)
}

/// The first customer's letter is refused for good, and the number is shown with the reason.
fn refuses_customer_1(verb: &'static str, words: &'static str, english: &str, japanese: &str) -> Row {
    at(verb, move |moment| {
        match moment.line.contains("customer1@") || verb != "RCPT" {
            true => Act::Say(words.to_owned()),
            false => Act::Usual,
        }
    })
    .told(
        Place::Letter,
        &format!("{words} % {english}"),
        &format!("{words} % {japanese}"),
    )
}

quirks! {
    /// Greylisting at RCPT: each letter is tried again after minutes.
    greylisted_at_rcpt => waits(says("RCPT", "450 4.2.0 Greylisted, see http://postgrey.example/"), "450 4.2.0 Greylisted");

    /// Greylisting with 451 at DATA: the same.
    greylisted_at_data => waits(says("DATA", "451 4.7.1 Greylisting in action, please come back later"), "451 4.7.1");

    /// Greylisting for the first connections only: the next cycle gets through.
    greylisted_once => at("RCPT", |moment| match moment.connection {
        0..=3 => Act::Say("451 4.7.1 try again".to_owned()),
        _ => Act::Usual,
    })
    .set(|mailbox| mailbox.smtp.connections = 1)
    .cycles(6);

    /// 421 in mid-session: that letter waits, the others go over new connections.
    closes_with_421_in_mid_session => at("RCPT", |moment| match moment.letter {
        0 => Act::Usual,
        _ => Act::SayAndDrop("421 4.7.0 closing the channel".to_owned()),
    })
    .set(|mailbox| mailbox.smtp.connections = 1)
    .serves(Serves::Part);

    /// 421 as banner: nothing goes for now, and no letter loses an attempt.
    closes_with_421_at_once => pauses(
        at("", |_| Act::SayAndDrop("421 4.3.2 too many connections".to_owned())),
        "does not take it just now % 421 4.3.2 too many connections % by itself",
        "受け付けていません % 421 4.3.2 too many connections % 自動で",
    );

    /// The provider takes so many letters and no more for now, 452: the rest is tried again later.
    rate_limit_after_two_letters => at("MAIL", |moment| match moment.taken {
        0 | 1 => Act::Usual,
        _ => Act::Say("452 4.5.3 rate limit exceeded, slow down".to_owned()),
    })
    .set(|mailbox| mailbox.smtp.connections = 1)
    .serves(Serves::Part)
    .told(Place::Log, "452 4.5.3 rate limit % trying again at", "452 4.5.3 rate limit % 再送");

    /// The same with a lasting code that speaks of us: no customer is refused for it.
    daily_limit_of_the_provider => pauses(
        says("RCPT", "550 5.4.5 Daily user sending quota exceeded."),
        "refuses mail from this shop % 550 5.4.5 Daily % sending limits",
        "拒否しました % 550 5.4.5 Daily % 送信制限",
    );

    /// Larger than the server takes: refused for good and shown with the number.
    refuses_the_size => says("MAIL", "552 5.3.4 message size exceeds fixed limit")
        .refused(3)
        .told(Place::Letter, "552 5.3.4 message size", "552 5.3.4 message size");

    /// 5yz at MAIL speaks of us: no customer is refused for it.
    refuses_the_sender => pauses(
        says("MAIL", "553 5.7.1 <touroku@karamail.example>: Sender address rejected: not owned by user"),
        "refuses mail from this shop % 553 5.7.1 % Check the mailbox address",
        "この店からの送信を拒否しました % 553 5.7.1 % 確かめてください",
    );

    /// 550 at RCPT, docomo's word for an address that does not exist: refused for good, the number is shown
    /// with the reason.
    refuses_a_recipient => refuses_customer_1("RCPT", "550 Unknown user customer1@example.jp", "number", "番号").refused(1);

    /// 550 at DATA, docomo's word for the customer's own filter: refused for good, shown so.
    refuses_at_data => refuses_customer_1("DATA", "550 Unknown user", "filter", "受信").refused(3);

    /// 5yz after the final dot: refused for good, shown with the reason.
    refuses_the_content => refuses_customer_1(".", "554 5.7.1 rejected by content policy", "filter", "受信").refused(3);

    /// A refused letter does not end the session: RSET, and the next goes through.
    refusal_is_followed_by_rset => at("RCPT", |moment| match moment.line.contains("customer1@") {
        true => Act::Say("550 5.1.1 User unknown".to_owned()),
        false => Act::Usual,
    })
    .set(|mailbox| mailbox.smtp.connections = 1)
    .refused(1)
    .told(Place::Letter, "550 5.1.1 User unknown", "550 5.1.1 User unknown")
    .hears("RSET");

    /// The server wants a login, and none is set: told, and no customer is refused.
    wants_a_login => pauses(
        says("RCPT", "530 5.7.0 Authentication required"),
        "does not take mail without a login % 530 5.7.0 % password or pop-before-smtp",
        "ログインしないと % 530 5.7.0 % pop-before-smtp",
    );

    /// The connection is lost after the final dot, and the letter was taken: it goes again, byte for byte.
    lost_after_the_dot_accepted => at(".", |_| Act::DoAndDrop)
        .serves(Serves::Part)
        .told(Place::Log, "broke % sending the text % trying again at", "途中で切れました % 本文の送信 % 再送");

    /// The connection is lost after the final dot, and the letter was not taken: it goes again.
    lost_after_the_dot_not_accepted => at(".", |_| Act::Drop)
        .serves(Serves::Nothing)
        .told(Place::Log, "broke % sending the text % trying again at", "途中で切れました % 本文の送信 % 再送");

    /// The server refuses and hangs up while the content still comes: its words are still read.
    refuses_in_mid_content => at("TEXT", |_| Act::SayAndDrop("552 5.2.3 too much".to_owned())).serves(Serves::Part)
        .refused(3)
        .told(Place::Letter, "552 5.2.3 too much", "552 5.2.3 too much");

    /// No 8BITMIME: receipts are ASCII on the wire.
    without_8bitmime => hello("250-8BITMIME\r\n", "");

    /// No SIZE: the parameter is left out.
    without_size => hello("250-SIZE 1000000\r\n", "").hears("MAIL FROM:<touroku@karamail.example>");

    /// SIZE without a number: the parameter is sent.
    with_size => hello("SIZE 1000000", "SIZE").hears("MAIL FROM:<touroku@karamail.example> SIZE=");

    /// No SMTPUTF8: addresses of ASCII letters need none; another one is shown as one that cannot be written to.
    without_smtputf8 => hello("250-SMTPUTF8\r\n", "")
        .mails(usual_mails_and("customer花子@example.jp"))
        .refused(1)
        .told(Place::Letter, "letters other than ASCII", "英数字以外を含むアドレス");

    /// SMTPUTF8: an address in other letters gets its receipt.
    with_smtputf8 => at("RCPT", |_| Act::Usual)
        .mails(usual_mails_and("customer花子@example.jp"))
        .hears("RCPT TO:<customer花子@example.jp>");

    /// Nothing but the name after EHLO: the plainest SMTP.
    ehlo_without_extensions => says("EHLO", "250 test").hears("MAIL FROM:<touroku@karamail.example>");

    /// EHLO is no command of the server: HELO, where neither TLS nor a login is wanted.
    ehlo_refused => says("EHLO", "500 5.5.1 Command unrecognized").hears("HELO [127.0.0.1]");

    /// The server hangs up on EHLO: the same.
    hangs_up_on_ehlo => at("EHLO", |_| Act::Drop).hears("HELO [127.0.0.1]");

    /// EHLO is unknown, and a login is set, which needs it: told.
    ehlo_refused_with_a_login => pauses(
        says("EHLO", "502 5.5.1 not implemented").set(with_login),
        "refuses mail from this shop % 502 5.5.1 % authentication settings",
        "拒否しました % 502 5.5.1 % 認証の設定",
    );

    /// Old servers write AUTH=LOGIN: understood.
    auth_with_an_equals_sign => hello("AUTH PLAIN LOGIN CRAM-MD5", "AUTH=LOGIN").set(with_login).hears("AUTH LOGIN");

    /// AUTH PLAIN alone: used.
    auth_plain_only => hello("AUTH PLAIN LOGIN CRAM-MD5", "AUTH PLAIN").set(with_login).hears("AUTH PLAIN ");

    /// AUTH LOGIN alone: used.
    auth_login_only => hello("AUTH PLAIN LOGIN CRAM-MD5", "AUTH LOGIN").set(with_login).hears("AUTH LOGIN");

    /// AUTH CRAM-MD5 alone: used.
    auth_cram_md5_only => hello("AUTH PLAIN LOGIN CRAM-MD5", "AUTH CRAM-MD5").set(with_login).hears("AUTH CRAM-MD5");

    /// CRAM-MD5 is listed and not done for this password: PLAIN.
    auth_cram_md5_listed_and_refused => at("AUTH", |moment| match moment.line {
        "AUTH CRAM-MD5" => Act::Say("535 5.7.8 no plain text of the password".to_owned()),
        _ => Act::Usual,
    })
    .set(with_login)
    .hears("AUTH PLAIN ");

    /// A mechanism that nobody here has: told, and the password is not sent.
    auth_ntlm_only => pauses(
        hello("AUTH PLAIN LOGIN CRAM-MD5", "AUTH NTLM GSSAPI").set(with_login),
        "offers no way to log in % authentication settings",
        "使えるログイン方法がありません % 認証方法",
    );

    /// AUTH is offered after STARTTLS only, and no TLS is set: told to set it.
    auth_only_after_starttls => pauses(
        hello("250 AUTH PLAIN LOGIN CRAM-MD5", "250 STARTTLS").set(with_login),
        "offers no way to log in % starttls or tls",
        "使えるログイン方法がありません % starttls",
    );

    /// The password is wrong: told; letters wait and lose no attempt.
    wrong_password => pauses(
        says("AUTH", "535 5.7.8 Error: authentication failed: \u{1b}[1mUGFzc3dvcmQ6").set(with_login),
        "refused the login % 535 5.7.8 Error: authentication failed % Check the user name and the password",
        "ログインを拒否しました % 535 5.7.8 % 確かめてください",
    );

    /// POP before SMTP: the server takes letters only from clients that logged in to POP3 just before.
    pop_before_smtp => {
        let has_logged_in = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&has_logged_in);
        at("RCPT", move |_| match has_logged_in.load(Ordering::SeqCst) {
            true => Act::Usual,
            false => Act::Say("550 5.7.1 relaying denied: POP before SMTP, check for new mail first".to_owned()),
        })
        .and_pop3(move |moment| {
            noted.fetch_or(moment.is_logged_in, Ordering::SeqCst);
            pop3::Act::Usual
        })
        .set(|mailbox| mailbox.smtp.authentication = SmtpAuthentication::PopBeforeSmtp)
    };

    /// POP before SMTP is set nowhere, and the server says so: no customer is refused.
    pop_before_smtp_wanted_and_not_done => pauses(
        says("RCPT", "550 5.7.1 POP before SMTP: please check for new mail first"),
        "refuses mail from this shop % POP before SMTP % authentication settings",
        "拒否しました % POP before SMTP % 認証の設定",
    );

    /// STARTTLS is not offered, or somebody on the way took it out: nothing is sent in the clear.
    starttls_stripped => pauses(
        smtp_row(|_| Act::Usual).set(with_login).set(|mailbox| mailbox.smtp.security = Security::StartTls),
        "does not offer STARTTLS % port 465",
        "STARTTLS % 465",
    );

    /// STARTTLS is offered and refused for now: nothing is sent in the clear; tried again.
    starttls_refused => pauses(
        says("STARTTLS", "454 4.7.0 TLS not available due to temporary reason")
            .tls(acceptor(&certificate("127.0.0.1")))
            .set(|mailbox| mailbox.smtp.security = Security::StartTls),
        "454 4.7.0 TLS not available % by itself",
        "454 4.7.0 TLS not available % 自動で",
    );

    /// The certificate of a cheap shared host is for the provider's own name: refused, told to use the
    /// provider's name.
    certificate_of_another_host => pauses(
        smtp_row(|_| Act::Usual).tls_named("sv1.hosting.example.jp").set(over_starttls),
        "certificate is not for 127.0.0.1 % your provider's instructions",
        "127.0.0.1 のものではありません % プロバイダー",
    );

    /// A self-made certificate that the shop named: accepted.
    starttls_with_a_named_certificate => smtp_row(|_| Act::Usual)
        .tls_named("127.0.0.1")
        .set(with_login)
        .set(over_starttls)
        .hears("STARTTLS")
        .hears("AUTH PLAIN ");

    /// A banner of several lines: read whole.
    banner_of_many_lines => says("", "220-mail.example ESMTP\r\n220-No spam, please\r\n220 ready");

    /// A banner that takes its time, as some do against spammers: waited for.
    slow_banner => at("", |_| Act::Later(Duration::from_millis(700)));

    /// A refusal in Japanese: shown as it stands.
    refuses_in_japanese => at("RCPT", |moment| match moment.line.contains("customer1@") {
        true => Act::Say("550 5.1.1 \u{5b9b}\u{5148}".to_owned()),
        false => Act::Usual,
    })
    .refused(1)
    .told(Place::Letter, "550 5.1.1 宛先", "550 5.1.1 宛先");

    /// A banner that refuses for good: told; no customer is refused for it.
    banner_refuses => pauses(
        at("", |_| Act::SayAndDrop("554 5.7.1 your IP is listed".to_owned())),
        "refuses mail from this shop % 554 5.7.1 % sending limits",
        "拒否しました % 554 5.7.1 % 送信制限",
    );

    /// Another service listens on the port: told to check server and port.
    not_smtp_at_all => pauses(
        says("", "+OK POP3 ready"),
        "makes no sense % those for sending mail",
        "正しくありません % メール送信",
    );

    /// Every answer comes byte by byte: put together.
    answers_byte_by_byte => smtp_row(|_| Act::Drip);

    /// Codes without text: the code is enough.
    answers_without_text => smtp_row(|moment| match moment.verb {
        "" | "EHLO" | "TEXT" => Act::Usual,
        _ => Act::Say(moment.usual[..3].to_owned()),
    });

    /// 251 at RCPT: as good as 250.
    will_forward => says("RCPT", "251 2.1.5 User not local; will forward");

    /// One recipient whom the server always chokes on: the others get their letters.
    one_recipient_drops_the_connection => at("RCPT", |moment| match moment.line.contains("customer1@") {
        true => Act::Drop,
        false => Act::Usual,
    })
    .serves(Serves::Part)
    .told(Place::Log, "broke % naming the recipient % trying again at", "途中で切れました % 宛先の通知 % 再送");

    /// One connection only, and others are turned away: the letters go over the one.
    one_connection_at_a_time => at("", |moment| match moment.connection {
        0 => Act::Usual,
        _ => Act::SayAndDrop("421 4.7.0 one connection at a time, please".to_owned()),
    })
    .set(|mailbox| mailbox.smtp.connections = 1)
    .mails((1..=30).map(customer).collect());

    /// A quoted local part, as old phone addresses need it, is refused: shown as an address that cannot be written to.
    refuses_quoted_local_parts => at("RCPT", |moment| match moment.line.contains('"') {
        true => Act::Say("501 5.1.3 Bad recipient address syntax".to_owned()),
        false => Act::Usual,
    })
    .mails(usual_mails_and("customer..4@docomo.ne.jp"))
    .refused(1)
    .hears("RCPT TO:<\"customer..4\"@docomo.ne.jp>")
    .told(Place::Letter, "501 5.1.3 Bad recipient", "501 5.1.3 Bad recipient");
}

fn usual_mails_and(address: &str) -> Vec<Mail> {
    let mut mails = usual_mails();
    mails.push(Mail {
        uidl: "uid-odd".to_owned(),
        bytes: signup(address, 9),
    });
    mails
}

fn over_starttls(mailbox: &mut Mailbox) {
    mailbox.pop3.security = Security::None;
    mailbox.smtp.security = Security::StartTls;
}
