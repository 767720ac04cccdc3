//! Every step of SMTP × every way to fail at it.

use karamail_engine::config::{Mailbox, Security, SmtpAuthentication};

use super::{Fault, play_all};
use crate::row::{Place, Row, Serves, smtp_row};
use crate::smtp::{Act, Moment};

/// A command, and the step as people read it in English and Japanese.
struct Step {
    verb: &'static str,
    english: &'static str,
    japanese: &'static str,
}

const fn step(verb: &'static str, english: &'static str, japanese: &'static str) -> Step {
    Step {
        verb,
        english,
        japanese,
    }
}

const STEPS: [Step; 11] = [
    step("", "greeting", "最初の応答"),
    step("EHLO", "EHLO", "EHLO への応答"),
    step("STARTTLS", "starting TLS", "暗号化の開始"),
    step("AUTH", "login", "ログイン"),
    step("MAIL", "naming the sender", "差出人の通知"),
    step("RCPT", "naming the recipient", "宛先の通知"),
    step("DATA", "sending the text", "本文の送信"),
    step("TEXT", "sending the text", "本文の送信"),
    step(".", "sending the text", "本文の送信"),
    step("RSET", "naming the sender", "差出人の通知"),
    step("QUIT", "", ""),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_step_of_smtp_survives_every_fault() {
    let mut rows: Vec<Row> = STEPS
        .iter()
        .flat_map(|step| Fault::ALL.map(|fault| row(step, fault)))
        .collect();
    rows.push(refused_connection());
    #[cfg(target_os = "linux")]
    rows.push(connection_that_is_never_taken().await);
    play_all(rows).await;
}

fn row(step: &'static Step, fault: Fault) -> Row {
    let verb = step.verb;
    let row = smtp_row(move |moment| match (verb, moment.verb) {
        _ if moment.verb == verb => act(moment, fault),
        // RSET comes after a refused letter.
        ("RSET", "RCPT") if moment.line.contains("customer1@") => {
            Act::Say("550 5.1.1 User unknown".to_owned())
        }
        _ => Act::Usual,
    });
    let row = match verb {
        "STARTTLS" => row.tls_named("127.0.0.1").set(|mailbox| {
            mailbox.pop3.security = Security::None;
            mailbox.smtp.security = Security::StartTls;
        }),
        "AUTH" | "EHLO" => row.set(with_login),
        "RSET" => row.set(|mailbox| mailbox.smtp.connections = 1).refused(1).told(
            Place::Letter,
            "550 5.1.1 User unknown",
            "550 5.1.1 User unknown",
        ),
        _ => row,
    };
    let row = if fault == Fault::Hang { row.short() } else { row };
    expected(row.named(&format!("SMTP {} {fault:?}", step.verb)), step, fault)
}

fn with_login(mailbox: &mut Mailbox) {
    mailbox.smtp.authentication = SmtpAuthentication::Password;
    mailbox.smtp.user = mailbox.pop3.user.clone();
    mailbox.smtp.same_credentials_as_pop3 = true;
}

fn act(moment: &Moment<'_>, fault: Fault) -> Act {
    let is_content = moment.verb == "TEXT";
    match fault {
        Fault::Drop => Act::Drop,
        Fault::Hang => Act::Hang,
        Fault::Garbage if is_content => Act::SayAndDrop("\x02?!? no SMTP".to_owned()),
        Fault::Garbage => Act::Say("\x02?!? no SMTP".to_owned()),
        Fault::Refuse if is_content => Act::SayAndDrop("550 5.6.0 \x1b[1mnot today".to_owned()),
        Fault::Refuse => Act::Say("550 5.6.0 \x1b[1mnot today".to_owned()),
        Fault::Temporary if is_content => Act::SayAndDrop("451 4.3.0 come back later".to_owned()),
        Fault::Temporary => Act::Say("451 4.3.0 come back later".to_owned()),
        Fault::Busy => Act::SayAndDrop("421 4.3.2 closing the channel".to_owned()),
        Fault::Slow => Act::Drip,
    }
}

/// What must come of a row.
fn expected(row: Row, step: &Step, fault: Fault) -> Row {
    let verb = step.verb;
    // A slow server is a server. A session that fails at RSET is replaced, and QUIT changes nothing.
    if fault == Fault::Slow || matches!(verb, "RSET" | "QUIT") {
        return row;
    }
    let row = row.serves(Serves::Nothing);
    let is_before_a_recipient = matches!(verb, "" | "EHLO" | "STARTTLS" | "AUTH" | "MAIL");
    let (english, japanese) = (step.english, step.japanese);
    let (english, japanese) = match fault {
        Fault::Drop => (
            format!("broke ({english})"),
            format!("途中で切れました({japanese})"),
        ),
        Fault::Hang => (
            format!("did not answer in time ({english})"),
            format!("時間内に応答しませんでした({japanese})"),
        ),
        Fault::Garbage => (
            format!("makes no sense ({english})"),
            format!("正しくありません({japanese})"),
        ),
        Fault::Refuse if verb == "STARTTLS" => (
            "does not offer STARTTLS % port 465".to_owned(),
            "STARTTLS % 465".to_owned(),
        ),
        Fault::Refuse if verb == "AUTH" => (
            "refused the login (login: 550 5.6.0 % not today % Check the user name".to_owned(),
            "ログインを拒否しました % not today % 確かめてください".to_owned(),
        ),
        Fault::Refuse if is_before_a_recipient => (
            format!(
                "refuses mail from this shop ({english}: 550 5.6.0 % not today % Check the mailbox address"
            ),
            format!("この店からの送信を拒否しました({japanese}: 550 5.6.0 % not today % 確かめてください"),
        ),
        // A refusal of the letter settles it.
        Fault::Refuse => {
            let row = row.serves(Serves::Everything).refused(3);
            return row.told(
                Place::Letter,
                &format!("refused ({english}: 550 5.6.0 % not today"),
                &format!("拒否しました({japanese}: 550 5.6.0 % not today"),
            );
        }
        Fault::Temporary => (
            format!("does not take it just now ({english}: 451 4.3.0 come back later)"),
            format!("受け付けていません({japanese}: 451 4.3.0 come back later"),
        ),
        Fault::Busy => (
            format!("does not take it just now ({english}: 421 4.3.2 closing the channel)"),
            format!("受け付けていません({japanese}: 421 4.3.2 closing the channel"),
        ),
        Fault::Slow => return row,
    };
    // 4yz at MAIL is about this letter: sizes and greylisting.
    if is_before_a_recipient && !(verb == "MAIL" && fault == Fault::Temporary) {
        return row.told(Place::Sending, &english, &japanese);
    }
    row.told(
        Place::Log,
        &format!("{english} % trying again at"),
        &format!("{japanese} % 再送します"),
    )
}

fn refused_connection() -> Row {
    let (socket, port) = super::closed_port();
    smtp_row(|_| Act::Usual)
        .named("SMTP connect Refuse")
        .set(move |mailbox| {
            let _ = &socket;
            mailbox.smtp.port = port;
        })
        .serves(Serves::Nothing)
        .told(
            Place::Sending,
            "cannot be reached % Check the port number",
            "接続できません % ポート番号",
        )
}

#[cfg(target_os = "linux")]
async fn connection_that_is_never_taken() -> Row {
    let (listener, port) = super::full_listener().await;
    smtp_row(|_| Act::Usual)
        .named("SMTP connect Hang")
        .short()
        .set(move |mailbox| {
            let _ = &listener;
            mailbox.smtp.port = port;
        })
        .serves(Serves::Nothing)
        .told(
            Place::Sending,
            "did not answer in time (connecting) % Check the port number",
            "時間内に応答しませんでした(接続) % ポート番号",
        )
}
