use karamail_core::words::{Telling, Told};
use karamail_engine::engine::MailboxStatus;
use karamail_engine::store::aside::AsideCounts;

use super::*;

struct Fault;
impl Told for Fault {
    fn what(&self, _: Language) -> String {
        "x".to_owned()
    }
}

fn now() -> Zoned {
    "2026-11-21T14:30:00+09:00[Asia/Tokyo]".parse().unwrap()
}

fn fault() -> Option<Telling> {
    Some(Telling::of(&Fault))
}

/// A mailbox that was polled well ten seconds ago.
fn mailbox() -> MailboxStatus {
    let now = now().timestamp();
    MailboxStatus {
        name: "本店".to_owned(),
        address: "a@shop.example".to_owned(),
        is_polling: false,
        last_good_poll: Some(now - jiff::SignedDuration::from_secs(10)),
        next_poll: Some(now + jiff::SignedDuration::from_secs(5)),
        receive_fault: None,
        send_fault: None,
        is_password_missing: false,
        waiting: AsideCounts::default(),
        every_uidl_new_at: None,
        problems: 0,
    }
}

fn collecting(mailboxes: &[MailboxStatus]) -> Status {
    Status {
        is_collecting: true,
        mailboxes: mailboxes.to_vec(),
        ..Status::default()
    }
}

fn face(status: &Status, language: Language) -> Face {
    let shop = Shop::Running {
        status,
        interval: Duration::from_secs(15),
        today: Some(3),
    };
    of(&shop, &now(), language)
}

#[track_caller]
fn check(status: &Status, state: State, tooltip: &str) {
    let face = face(status, Language::Japanese);
    assert_eq!(
        (face.state, face.tooltip()),
        (state, tooltip.to_owned()),
        "{status:?}"
    );
}

#[test]
fn the_icon_says_what_the_page_says() {
    let good = mailbox();
    check(
        &collecting(std::slice::from_ref(&good)),
        State::Collecting,
        "空メール受付: 収集中\n前回の確認: 14:29\n今日の受付: 3件",
    );
    let polling = MailboxStatus {
        is_polling: true,
        next_poll: None,
        ..good.clone()
    };
    check(
        &collecting(std::slice::from_ref(&polling)),
        State::Polling,
        "空メール受付: 確認中\n前回の確認: 14:29\n今日の受付: 3件",
    );
    let fresh = MailboxStatus {
        last_good_poll: None,
        ..polling
    };
    check(
        &collecting(&[fresh]),
        State::Polling,
        "空メール受付: 確認中\nまだ確認していません\n今日の受付: 3件",
    );
    let stopped = Status {
        is_collecting: false,
        ..collecting(std::slice::from_ref(&good))
    };
    check(
        &stopped,
        State::Stopped,
        "空メール受付: 停止中\n前回の確認: 14:29\n今日の受付: 3件",
    );
    let failing = MailboxStatus {
        name: "駅前店".to_owned(),
        receive_fault: fault(),
        last_good_poll: Some("2026-11-20T03:00:00Z".parse().unwrap()),
        ..good.clone()
    };
    check(
        &collecting(std::slice::from_ref(&failing)),
        State::Failing,
        "空メール受付: つながらない\n前回の確認: 11/20 12:00\n今日の受付: 3件",
    );
    // Of several, it says which.
    check(
        &collecting(&[good.clone(), failing]),
        State::Failing,
        "空メール受付: つながらない（駅前店）\n前回の確認: 11/20 12:00\n今日の受付: 3件",
    );
}

#[test]
fn a_poll_that_is_overdue_reaches_the_icon() {
    let late = MailboxStatus {
        last_good_poll: Some("2025-11-20T03:00:00Z".parse().unwrap()),
        next_poll: Some("2025-11-20T03:00:15Z".parse().unwrap()),
        ..mailbox()
    };
    check(
        &collecting(&[late]),
        State::Failing,
        "空メール受付: 遅れている\n前回の確認: 2025/11/20 12:00\n今日の受付: 3件",
    );
}

#[test]
fn what_needs_a_hand_is_said_in_a_word() {
    let good = mailbox();
    let tooltip =
        |word: &str| format!("空メール受付: 確認が必要\n{word}\n前回の確認: 14:29\n今日の受付: 3件");
    let unsent = MailboxStatus {
        send_fault: fault(),
        ..good.clone()
    };
    check(
        &collecting(&[unsent]),
        State::NeedsHand,
        &tooltip("受付完了メールを送れません"),
    );
    let strange = MailboxStatus {
        every_uidl_new_at: Some(now().timestamp()),
        ..good.clone()
    };
    check(
        &collecting(&[strange]),
        State::NeedsHand,
        &tooltip("サーバーのメールが変わりました"),
    );
    let one = collecting(std::slice::from_ref(&good));
    let settings = Status {
        settings_faults: fault(),
        ..one.clone()
    };
    check(
        &settings,
        State::NeedsHand,
        &tooltip("設定ファイルに間違いがあります"),
    );
    let log = Status {
        log_fault: fault(),
        ..one
    };
    check(&log, State::NeedsHand, &tooltip("ログを書けません"));
    // Mails that wait are told, and the light stays as the page has it.
    let waiting = MailboxStatus {
        waiting: AsideCounts {
            held: 2,
            ..AsideCounts::default()
        },
        ..good
    };
    check(
        &collecting(&[waiting]),
        State::Collecting,
        "空メール受付: 収集中\n確認待ちのメール: 2通\n前回の確認: 14:29\n今日の受付: 3件",
    );
}

#[test]
fn without_an_engine_it_says_why() {
    let check = |shop: Shop<'_>, state, ja: &str, en: &str| {
        let face = of(&shop, &now(), Language::Japanese);
        assert_eq!((face.state, face.tooltip().as_str()), (state, ja));
        assert_eq!(of(&shop, &now(), Language::English).tooltip(), en);
        assert_eq!(face.offer.collect, Collect::Neither);
        assert_ne!(face.offer.check, Check::Ready);
    };
    check(
        Shop::Starting,
        State::Polling,
        "空メール受付: 準備しています",
        "Karamail: Getting ready",
    );
    check(
        Shop::NoSettings,
        State::NeedsHand,
        "空メール受付: 設定が必要です",
        "Karamail: Needs settings",
    );
    check(
        Shop::Faulty,
        State::Failing,
        "空メール受付: 設定に間違いがあります",
        "Karamail: The settings have faults",
    );
    check(
        Shop::Failed,
        State::Failing,
        "空メール受付: 収集を始められません",
        "Karamail: Collecting cannot begin",
    );
    check(
        Shop::Ending,
        State::Stopped,
        "空メール受付: 終了しています\n扱っている途中のメールを終えています",
        "Karamail: Ending\nFinishing the mail in hand",
    );
}

#[test]
fn the_menu_offers_what_can_be_done() {
    let offer = |status: &Status| face(status, Language::English).offer;
    let one = collecting(&[mailbox()]);
    assert_eq!(
        (offer(&one).check, offer(&one).collect),
        (Check::Ready, Collect::Stop)
    );
    let stopped = Status {
        is_collecting: false,
        ..one
    };
    assert_eq!(
        (offer(&stopped).check, offer(&stopped).collect),
        (Check::Stopped, Collect::Start)
    );
    let empty = offer(&collecting(&[]));
    assert_eq!(empty.check, Check::NothingSet);
}

#[test]
fn windows_gets_no_more_than_it_shows() {
    // A mailbox's name has 20 characters at most; each of these is two units.
    let long = MailboxStatus {
        name: "𩸽".repeat(20),
        is_password_missing: true,
        last_good_poll: Some("2025-11-20T03:00:00Z".parse().unwrap()),
        ..mailbox()
    };
    for language in [Language::Japanese, Language::English] {
        let face = face(&collecting(&[long.clone(), long.clone()]), language);
        let whole = face
            .lines
            .iter()
            .fold(face.title.clone(), |text, line| text + "\n" + line);
        assert_eq!(face.tooltip(), whole, "something was cut off");
        assert!(whole.encode_utf16().count() <= 127);
    }
    // Never half a character.
    let clipped = clip(&"𩸽".repeat(64), 127);
    assert_eq!(clipped, "𩸽".repeat(63) + "…");
    assert_eq!(clip(&"a".repeat(127), 127), "a".repeat(127));
    assert_eq!(clip(&"a".repeat(128), 127), "a".repeat(126) + "…");
}
