//! Every step of POP3 × every way to fail at it.

use karamail_engine::config::Pop3Authentication;

use super::{Fault, play_all};
use crate::pop3::{Act, other_words};
use crate::row::{Place, Row, Serves, pop3_row};

/// A command, and the step as people read it in English and Japanese.
struct Step {
    verb: &'static str,
    english: &'static str,
    japanese: &'static str,
    stage: Stage,
}

/// How much a session has done before a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Not logged in: a refusal is about the login or the encryption.
    Before,
    /// Nothing is known of the mails.
    Listing,
    /// The other mail is fetched; the customers' are recorded.
    Fetching,
    /// Every receipt is out.
    Deleting,
}

const fn step(verb: &'static str, english: &'static str, japanese: &'static str, stage: Stage) -> Step {
    Step {
        verb,
        english,
        japanese,
        stage,
    }
}

const STEPS: [Step; 14] = [
    step("", "the greeting", "最初の応答", Stage::Before),
    step("CAPA", "CAPA", "CAPA", Stage::Before),
    step("STLS", "STLS", "暗号化の要求(STLS)", Stage::Before),
    step("TLS", "the TLS handshake", "暗号化の開始", Stage::Before),
    step(
        "AUTH",
        "the login (AUTH PLAIN)",
        "ログイン(AUTH PLAIN)",
        Stage::Before,
    ),
    step(
        "USER",
        "the login (USER/PASS)",
        "ログイン(USER/PASS)",
        Stage::Before,
    ),
    step(
        "PASS",
        "the login (USER/PASS)",
        "ログイン(USER/PASS)",
        Stage::Before,
    ),
    step("APOP", "the login (APOP)", "ログイン(APOP)", Stage::Before),
    step("UIDL", "the listing (UIDL)", "一覧の取得(UIDL)", Stage::Listing),
    step("LIST", "the listing (LIST)", "一覧の取得(LIST)", Stage::Listing),
    step("STAT", "the listing (STAT)", "一覧の取得(STAT)", Stage::Listing),
    step(
        "TOP",
        "fetching a header (TOP)",
        "ヘッダーの受信(TOP)",
        Stage::Listing,
    ),
    step(
        "RETR",
        "fetching a mail (RETR)",
        "メールの受信(RETR)",
        Stage::Fetching,
    ),
    step(
        "DELE",
        "deleting a mail (DELE)",
        "メールの削除(DELE)",
        Stage::Deleting,
    ),
];
const QUIT: Step = step("QUIT", "QUIT", "終了の確認(QUIT)", Stage::Deleting);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_step_of_pop3_survives_every_fault() {
    let steps = || STEPS.iter().chain([&QUIT]);
    let mut rows: Vec<Row> = steps()
        .flat_map(|step| Fault::ALL.map(|fault| row(step, fault, false)))
        .collect();
    let logged_in = steps().filter(|step| step.stage != Stage::Before);
    rows.extend(logged_in.flat_map(|step| Fault::ALL.map(|fault| row(step, fault, true))));
    rows.push(refused_connection());
    #[cfg(target_os = "linux")]
    rows.push(connection_that_is_never_taken().await);
    play_all(rows).await;
}

/// A row of the table, with or without commands on the way behind the one that fails.
fn row(step: &'static Step, fault: Fault, is_pipelining: bool) -> Row {
    let verb = step.verb;
    let row = pop3_row(move |moment| match (verb, moment.verb) {
        _ if moment.verb == verb => act(fault),
        // The handshake begins behind the +OK of STLS.
        ("TLS", "STLS") => handshake(fault),
        // A timestamp for APOP, a mechanism for AUTH; STAT comes where LIST and UIDL are refused.
        ("APOP", "") => other_words(moment, "ready", "ready <1896.697170952@pop.example>"),
        ("AUTH", "CAPA") => other_words(moment, "USER\r\n", "SASL PLAIN\r\n"),
        (_, "CAPA") if is_pipelining => other_words(moment, "USER\r\n", "USER\r\nPIPELINING\r\n"),
        ("STAT", "LIST" | "UIDL") => Act::Refuse("-ERR unknown command".to_owned()),
        _ => Act::Usual,
    });
    let row = match verb {
        "STLS" | "TLS" => row.tls_named("127.0.0.1"),
        "APOP" => row.set(|mailbox| mailbox.pop3.authentication = Pop3Authentication::Apop),
        "AUTH" => row.set(|mailbox| mailbox.pop3.authentication = Pop3Authentication::Plain),
        _ => row,
    };
    let row = if fault == Fault::Hang || fault == Fault::Garbage {
        row.short()
    } else {
        row
    };
    let how = if is_pipelining { " pipelined" } else { "" };
    expected(
        row.named(&format!("POP3 {}{how} {fault:?}", step.verb)),
        step,
        fault,
    )
}

fn act(fault: Fault) -> Act {
    match fault {
        Fault::Drop => Act::Drop,
        Fault::Hang => Act::Hang(Vec::new()),
        Fault::Garbage => Act::Hang(b"\x02\x1b[1m?!? no POP3\r\n".to_vec()),
        Fault::Refuse => Act::Refuse("-ERR \x1b[1mnot today".to_owned()),
        Fault::Temporary => Act::Refuse("-ERR [SYS/TEMP] come back later".to_owned()),
        Fault::Busy => Act::Refuse("-ERR [IN-USE] somebody else has it".to_owned()),
        Fault::Slow => Act::Drip,
    }
}

fn handshake(fault: Fault) -> Act {
    match fault {
        Fault::Drop => Act::SayAndDrop(b"+OK\r\n".to_vec()),
        Fault::Hang => Act::Hang(b"+OK\r\n".to_vec()),
        Fault::Garbage => Act::Hang(b"+OK\r\n\x02?!? no TLS\r\n".to_vec()),
        Fault::Refuse | Fault::Temporary | Fault::Busy => Act::Refuse("-ERR no TLS here".to_owned()),
        Fault::Slow => Act::Drip,
    }
}

/// What must come of a row.
fn expected(row: Row, step: &Step, fault: Fault) -> Row {
    let is_refusal = matches!(fault, Fault::Refuse | Fault::Temporary | Fault::Busy);
    // A slow server is a server; CAPA, UIDL, LIST and TOP can be done without.
    let is_harmless = match step.verb {
        _ if fault == Fault::Slow => true,
        "CAPA" => true,
        "UIDL" | "LIST" | "TOP" => is_refusal,
        _ => false,
    };
    if is_harmless {
        return row;
    }
    let said = match fault {
        Fault::Garbage => "?!? no",
        Fault::Refuse => "not today",
        Fault::Temporary => "come back later",
        Fault::Busy => "somebody else has it",
        Fault::Drop | Fault::Hang | Fault::Slow => "",
    };
    match step.verb {
        // One mail's refusal is that mail's.
        "RETR" if is_refusal => {
            return row.serves(Serves::AllButOne).told(
                Place::Log,
                &format!("RETR % {said} % tried again"),
                &format!("RETR % {said} % もう一度"),
            );
        }
        "DELE" if is_refusal => {
            return row.serves(Serves::Answers).told(
                Place::Log,
                &format!("DELE % {said}"),
                &format!("DELE % {said}"),
            );
        }
        "STLS" | "TLS" if is_refusal => {
            let said = if step.verb == "TLS" { "no TLS here" } else { said };
            return row.serves(Serves::Nothing).told(
                Place::Receiving,
                &format!("refused STARTTLS. The password was not sent % {said} % port 995"),
                &format!("断られました。パスワードは送っていません % {said} % 995"),
            );
        }
        "TLS" if fault == Fault::Garbage => {
            return row.serves(Serves::Nothing).told(
                Place::Receiving,
                "Plain text came % The password was not sent % another network",
                "平文が紛れ込みました % 送っていません % 別の回線",
            );
        }
        _ => {}
    }
    let row = row.serves(match step.stage {
        Stage::Before | Stage::Listing => Serves::Nothing,
        Stage::Fetching | Stage::Deleting => Serves::Answers,
    });
    let (english, japanese) = (step.english, step.japanese);
    let is_login = matches!(step.verb, "AUTH" | "USER" | "PASS" | "APOP");
    let (english, japanese) = match fault {
        Fault::Drop => (
            format!("was lost during {english}"),
            format!("{japanese}の途中で切れました"),
        ),
        Fault::Hang => (
            format!("did not answer for % seconds during {english}"),
            format!("{japanese}の途中で % 応答しませんでした"),
        ),
        Fault::Garbage => (
            format!("not POP3 during {english} % {said}"),
            format!("{japanese}のときに POP3 ではない % {said}"),
        ),
        Fault::Refuse if is_login => (
            format!("refused the login % {said} % Check the user name"),
            format!("ログインできません % {said} % 確認してください"),
        ),
        Fault::Refuse => (
            format!("refused {english} % {said}"),
            format!("{japanese}を断られました % {said}"),
        ),
        Fault::Temporary => (
            format!("temporary fault, as it said during {english} % {said}"),
            format!("一時的な障害が起きています({japanese}への応答) % {said}"),
        ),
        Fault::Busy => (
            format!(
                "in use by another program, as the server said during {english} % {said} % Stop other programs"
            ),
            format!("使用中です({japanese}への応答) % {said} % 止めてください"),
        ),
        Fault::Slow => return row,
    };
    let (english, japanese) = match (step.verb, fault) {
        (_, Fault::Busy) => (english, japanese),
        (_, Fault::Refuse) if is_login => (english, japanese),
        ("", Fault::Garbage) | ("TLS", _) => (
            format!("{english} % Check server name, port"),
            format!("{japanese} % ポート番号"),
        ),
        ("QUIT", _) => (
            format!("{english} % checked at the next poll"),
            format!("{japanese} % 次の収集で確認"),
        ),
        _ => (
            format!("{english} % tried again at the next poll"),
            format!("{japanese} % 次の収集でもう一度"),
        ),
    };
    row.told(Place::Receiving, &english, &japanese)
}

fn refused_connection() -> Row {
    let (socket, port) = super::closed_port();
    pop3_row(|_| Act::Usual)
        .named("POP3 connect Refuse")
        .set(move |mailbox| {
            let _ = &socket;
            mailbox.pop3.port = port;
        })
        .serves(Serves::Nothing)
        .told(
            Place::Receiving,
            "refused the connection % Check server name, port",
            "接続を断られました % ポート番号",
        )
}

#[cfg(target_os = "linux")]
async fn connection_that_is_never_taken() -> Row {
    let (listener, port) = super::full_listener().await;
    pop3_row(|_| Act::Usual)
        .named("POP3 connect Hang")
        .short()
        .set(move |mailbox| {
            let _ = &listener;
            mailbox.pop3.port = port;
        })
        .serves(Serves::Nothing)
        .told(
            Place::Receiving,
            "could not be reached within 2 seconds % Check",
            "2 秒以内に接続できません % 確認",
        )
}
