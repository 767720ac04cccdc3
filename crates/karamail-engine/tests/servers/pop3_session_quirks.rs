//! POP3 servers with a quirk each: greetings, logins, encryption, and the end of sessions.

use std::time::Duration;

use karamail_engine::config::{Pop3Authentication, Security};

use crate::pop3::{Act, other_words};
use crate::pop3_quirks::at;
use crate::quirks;
use crate::row::{Place, Row, Serves, pop3_row};
use crate::wire::{acceptor, certificate};

/// Refused at the first login, free at the second.
fn refuses_once(words: &'static str) -> Row {
    at("PASS", move |moment| match moment.session {
        0 => Act::Refuse(words.to_owned()),
        _ => Act::Usual,
    })
}

quirks! {
    /// The mailbox is in use, `[IN-USE]`: told with what to stop; tried at the next poll.
    in_use_then_free => refuses_once("-ERR [IN-USE] Do you have another POP session running?")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "in use % another POP session % Stop other programs", "使用中 % another POP session % 止めてください");

    /// The same in plain words: known by the words.
    locked_without_a_code => refuses_once("-ERR Unable to lock maildrop: Mailbox is locked by POP server")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "in use % Unable to lock % Stop other programs", "使用中 % Unable to lock % 止めてください");

    /// The mailbox stays locked for a while after a connection was lost: tried at each poll until it is
    /// free.
    stays_locked_after_a_drop => pop3_row(|moment| match (moment.session, moment.verb) {
        (0, "DELE") => Act::Drop,
        (1 | 2, "PASS") => Act::Refuse("-ERR [IN-USE] maildrop already locked".to_owned()),
        _ => Act::Usual,
    })
    .cycles(4);

    /// Polled too often for the provider, `[LOGIN-DELAY]`: told to set a longer interval.
    login_delay => refuses_once("-ERR [LOGIN-DELAY] minimum time between mail checks is 5 minutes")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "too often % 5 minutes % longer check interval", "間隔が短すぎる % 5 minutes % 収集間隔を長く");

    /// A passing fault, `[SYS/TEMP]`: told, tried at the next poll.
    system_temporary => refuses_once("-ERR [SYS/TEMP] Temporary system problem. Please try again later")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "temporary fault % Temporary system problem % tried again", "一時的な障害 % Temporary system problem % 次の収集");

    /// A lasting fault, `[SYS/PERM]`: told to ask the provider.
    system_permanent => refuses_once("-ERR [SYS/PERM] POP access is not enabled for this account")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "cannot be used % not enabled % Ask the mail provider", "使えない % not enabled % 提供元で POP3 が有効");

    /// A wrong password, `[AUTH]`: told to check user name and password.
    wrong_password => refuses_once("-ERR [AUTH] Invalid login")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "refused the login % Invalid login % Check the user name", "ログインできません % Invalid login % 確認してください");

    /// A wrong password in a provider's own words: the same, without control characters.
    wrong_password_without_a_code => refuses_once("-ERR \u{1b}[2Jyour ID or password is incorrect")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "refused the login % password is incorrect % Check", "ログインできません % incorrect % 確認してください");

    /// The provider takes an app password only: told so.
    app_password_wanted => refuses_once("-ERR [AUTH] Application-specific password required: https://support.example/1")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "wants an app password % Application-specific % account settings", "アプリパスワード % Application-specific % 作り");

    /// A greeting of several lines: skipped up to the first answer.
    greeting_of_many_lines => at("", |_| Act::Say(b"+OK Welcome\r\n*** maintenance on Sunday ***\r\n\r\n POP3 server ready\r\n".to_vec()));

    /// A greeting of odd bytes: any +OK is one.
    greeting_of_odd_bytes => at("", |_| Act::Say(b"+OK \xa5\xe1\xa1\xbc\xa5\xeb <not a timestamp\x07\r\n".to_vec()));

    /// The greeting refuses: told with its reason.
    greeting_refuses => at("", |_| Act::SayAndDrop(b"-ERR [SYS/TEMP] too many connections from your address\r\n".to_vec()))
        .serves(Serves::Nothing)
        .told(Place::Receiving, "temporary fault % too many connections % tried again", "一時的な障害 % too many connections % 次の収集");

    /// Another service listens on the port: told to check server and port.
    not_pop3_at_all => at("", |_| Act::Say(b"220 ftp.example FTP server ready\r\n".to_vec()))
        .serves(Serves::Nothing)
        .told(Place::Receiving, "not POP3 % 220 ftp.example % Check server name, port", "POP3 ではない応答 % 220 ftp.example % ポート番号");

    /// The connection is lost before QUIT: nothing is deleted, and nothing is answered again.
    drops_before_quit => at("DELE", |_| Act::Drop)
        .serves(Serves::Answers)
        .told(Place::Receiving, "lost % (DELE) % tried again", "切れました % DELE % 次の収集");

    /// Some servers hang up while the letters go out: nothing counts as deleted without the +OK of QUIT.
    drops_after_the_first_dele => at("DELE", |moment| match moment.nth {
        0 => Act::Usual,
        _ => Act::DoAndDrop,
    })
    .serves(Serves::Answers)
    .told(Place::Receiving, "lost % (DELE) % tried again", "切れました % DELE % 次の収集");

    /// The connection is lost between QUIT and its +OK, and nothing was deleted: the next poll finds the
    /// mails, deletes them, and answers none again.
    drops_at_quit_undone => at("QUIT", |_| Act::Drop)
        .cycles(2)
        .serves(Serves::Answers)
        .told(Place::Receiving, "lost % QUIT % checked at the next poll", "切れました % QUIT % 次の収集で確認します");

    /// The connection is lost between QUIT and its +OK, and everything was deleted: the next poll finds
    /// them gone.
    drops_at_quit_done => at("QUIT", |_| Act::DoAndDrop)
        .told(Place::Receiving, "lost % QUIT % checked at the next poll", "切れました % QUIT % 次の収集で確認します");

    /// QUIT is refused because some mails could not be removed: none counts as deleted until the next poll
    /// has looked.
    quit_refused_with_half_deleted => at("QUIT", |_| Act::DeleteHalf)
        .serves(Serves::Part)
        .told(Place::Receiving, "temporary fault % not removed % checked at the next poll", "一時的な障害 % not removed % 次の収集で確認します");

    /// QUIT is answered with +OK and nothing was deleted, at every poll: nobody is answered again.
    quit_lies => at("QUIT", |_| Act::Refuse("+OK all gone".to_owned())).cycles(3).serves(Serves::Answers);

    /// DELE is answered with +OK and marks nothing: the same.
    dele_lies => at("DELE", |_| Act::Refuse("+OK marked".to_owned())).cycles(3).serves(Serves::Answers);

    /// DELE is refused for one mail: it stays, is known, told, and tried again.
    dele_refused_for_one_mail => at("DELE", |moment| match moment.argument {
        "3" => Act::Refuse("-ERR message is locked".to_owned()),
        _ => Act::Usual,
    })
    .serves(Serves::AllButOne)
    .told(Place::Log, "DELE % message is locked", "DELE % message is locked");

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

    /// The certificate of a cheap shared host is for the provider's own name: refused, and that name is
    /// told.
    certificate_of_another_host => pop3_row(|_| Act::Usual)
        .tls_named("sv1.hosting.example.jp")
        .serves(Serves::Nothing)
        .told(Place::Receiving, "not for 127.0.0.1 but for sv1.hosting.example.jp % Set the server name", "sv1.hosting.example.jp % 直してください");

    /// TLS is set on a port that speaks plain text: told with the usual port.
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

    /// AUTH PLAIN takes no initial response, as before RFC 5034: it is waited for.
    auth_plain_waits_for_a_plus => pop3_row(|moment| match (moment.verb, moment.nth) {
        ("CAPA", _) => other_words(moment, "USER\r\n", "AUTH PLAIN\r\n"),
        _ => Act::Usual,
    })
    .set(|mailbox| mailbox.pop3.authentication = Pop3Authentication::Plain)
    .hears("AUTH PLAIN");

    /// A slow server and the time limit of a session: told; what came is answered, the next poll goes on behind it.
    session_time_limit_in_the_middle => at("TOP", |_| Act::Later(Duration::from_millis(400)))
        .set(|mailbox| mailbox.pop3.session_timeout = Duration::from_secs(1))
        .serves(Serves::Part)
        .told(
            Place::Receiving,
            "passed its limit of 1 seconds % (TOP) % longer session limit",
            "TOP % 制限時間(1 秒) % 制限時間を長く",
        );

    /// The server says farewell and hangs up in mid-session: as a lost connection.
    farewell_in_mid_session => at("DELE", |_| Act::SayAndDrop(b"-ERR Autologout; idle for too long\r\n".to_vec()))
        .serves(Serves::Answers)
        .told(Place::Receiving, "lost % DELE", "切れました % DELE");
}
