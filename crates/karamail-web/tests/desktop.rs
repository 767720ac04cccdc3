//! What the desktop program has to say on the screens.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/form.rs"]
mod form;

use common::Shop;
use form::change;
use karamail_core::words::{Language, Telling};
use karamail_engine::program::{Autostart, Ended, HowEnded, Note};

#[tokio::test]
async fn what_the_desktop_tells_stands_above_the_status_until_it_is_put_away() {
    let shop = Shop::open().await;
    shop.wait_for("/status", "light good").await;
    shop.get("/status").await.has_not(&["予期せず", "note-pin-icon"]);
    let at = "2026-11-21T03:00:00Z".parse().unwrap();
    shop.program.change_desktop(|desktop| {
        desktop.notes = vec![
            Note::Ended(Ended {
                how: HowEnded::WithComputer,
                started: at,
                noticed: at,
            }),
            Note::PinIcon,
        ];
    });
    shop.get("/status").await.has(&[
        "前回、予期せず終了しました",
        "電源が切れた",
        "失われていません",
        "アイコンをいつも見えるようにする",
        "class=\"task-bar\"",
    ]);
    let answer = shop.post("/status/put-away/ended", &[]).await;
    assert_eq!(answer.location(), "/status");
    shop.get("/status")
        .await
        .has_not(&["予期せず"])
        .has(&["note-pin-icon"]);
    shop.post("/status/put-away/pin-icon", &[]).await;
    shop.get("/status").await.has_not(&["note-pin-icon"]);
}

#[tokio::test]
async fn the_start_with_the_computer_is_told_as_it_is_and_not_as_it_was_wished() {
    struct Refused;
    impl karamail_core::words::Told for Refused {
        fn what(&self, language: Language) -> String {
            karamail_core::words::desktop::autostart_not_on(language, "access denied")
        }
    }
    let shop = Shop::with("[general]\nautostart = false\n", false).await;
    // Without the desktop program the switch does nothing here, and says so.
    shop.get("/settings/control")
        .await
        .has(&["karamail-tray の設定です"]);
    shop.program.change_desktop(|_| {});
    shop.get("/settings/control").await.has_not(&["autostart-note"]);
    // The desktop program takes the setting over, and is refused by the system.
    let program = std::sync::Arc::clone(&shop.program);
    let mut settings = shop.handle().settings();
    tokio::spawn(async move {
        program.change_desktop(|desktop| desktop.autostart_applied = Some(false));
        let saved = settings
            .wait_for(|settings| settings.general.autostart)
            .await
            .map(drop);
        program.change_desktop(|desktop| {
            desktop.autostart = Autostart::Failed(Telling::of(&Refused));
            desktop.autostart_applied = saved.ok().map(|()| true);
        });
    });
    let saved = change(&shop, "/settings/control", &[("general.autostart", "true")]).await;
    let page = shop.get(saved.location()).await;
    page.has(&["設定は保存しましたが、自動起動を登録できませんでした。(access denied)"])
        .has_not(&["設定しました。"]);
    shop.get("/settings/control")
        .await
        .has(&["autostart-note", "access denied"]);
}
