use super::*;
use crate::secrets::{Environment, KeyringUse};

fn places(folder: &std::path::Path) -> Places {
    Places {
        config: folder.join("karamail.toml"),
        data: folder.join("data"),
        portable: false,
    }
}

fn start(folder: &std::path::Path) -> Arc<Program> {
    let places = places(folder);
    let secrets = Secrets::with(
        &places.data,
        Environment::Given(Vec::new().into_iter().collect()),
        KeyringUse::Off,
    );
    Program::start(places, Arc::new(secrets), false)
}

const GOOD: &str = "[[mailbox]]\nname = \"a\"\naddress = \"a@shop.example\"\n[mailbox.pop3]\nhost = \"127.0.0.1\"\nuser = \"a\"\n\
                    [mailbox.smtp]\nhost = \"127.0.0.1\"\n";

#[tokio::test]
async fn a_first_start_waits_for_settings_and_begins_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let program = start(folder.path());
    assert!(matches!(program.settled().await, Phase::NoSettings));
    assert!(program.handle().is_none());
    std::fs::write(folder.path().join("karamail.toml"), GOOD).unwrap();
    assert!(matches!(program.begin(false).await, Phase::Running(_)));
    assert!(!program.handle().unwrap().status().borrow().is_collecting);
    assert!(matches!(program.end().await, Phase::Ended));
}

#[tokio::test]
async fn a_faulty_file_that_is_mended_by_hand_starts_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("karamail.toml"),
        "[general]\nlanguage = \"xx\"\n",
    )
    .unwrap();
    let program = start(folder.path());
    assert!(matches!(program.settled().await, Phase::Faulty(_)));
    std::fs::write(folder.path().join("karamail.toml"), GOOD).unwrap();
    let mut news = program.news();
    tokio::time::timeout(Duration::from_secs(30), async {
        while program.handle().is_none() {
            news.changed().await.unwrap();
        }
    })
    .await
    .unwrap();
    program.end().await;
}

#[tokio::test]
async fn the_demo_leaves_settings_and_data_of_the_shop_untouched() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("karamail.toml"), GOOD).unwrap();
    let program = start(folder.path());
    assert!(matches!(program.settled().await, Phase::Running(_)));
    let real = program.handle().unwrap().data_folder().to_owned();
    let demo = program.demo_on().await.unwrap();
    let shown = program.shown().unwrap();
    assert_ne!(shown.data_folder(), real);
    let demo_folder = shown.data_folder().to_owned();
    assert!(demo_folder.is_dir() && demo.servers().pop3_port() > 0);
    drop(demo);
    program.demo_off().await;
    assert_eq!(program.shown().unwrap().data_folder(), real);
    assert!(!demo_folder.exists(), "the demo's folder stayed");
    assert_eq!(
        std::fs::read_to_string(folder.path().join("karamail.toml")).unwrap(),
        GOOD
    );
    program.end().await;
}

#[tokio::test]
async fn an_engine_that_ends_by_a_fault_is_told_as_failed_and_can_be_started_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("karamail.toml"), GOOD).unwrap();
    let program = start(folder.path());
    assert!(matches!(program.settled().await, Phase::Running(_)));
    assert!(program.handle().unwrap().command(Command::Panic).await);
    let mut phase = program.phase.subscribe();
    let failed = tokio::time::timeout(
        Duration::from_secs(30),
        phase.wait_for(|phase| matches!(phase, Phase::Failed(_))),
    );
    let Ok(Ok(_)) = failed.await else {
        panic!("nobody is told");
    };
    let Phase::Failed(fault) = program.phase() else {
        panic!("it is told no longer");
    };
    assert!(fault.to_string().contains("on purpose"), "{fault}");
    assert!(matches!(program.begin(false).await, Phase::Running(_)));
    assert!(matches!(program.end().await, Phase::Ended));
}

#[tokio::test]
async fn what_the_desktop_says_is_shown_until_it_is_put_away() {
    let folder = tempfile::tempdir().unwrap();
    let program = start(folder.path());
    assert_eq!(program.desktop(), None);
    program.put_away(NoteKind::PinIcon);
    assert_eq!(program.desktop(), None, "nobody is there");
    program.change_desktop(|desktop| desktop.notes.push(Note::PinIcon));
    assert_eq!(program.desktop().unwrap().notes, [Note::PinIcon]);
    program.put_away(NoteKind::Ended);
    assert_eq!(program.desktop().unwrap().notes, [Note::PinIcon]);
    program.put_away(NoteKind::PinIcon);
    assert_eq!(program.desktop().unwrap().notes, []);
    program.end().await;
}

#[tokio::test]
async fn whoever_asks_for_the_end_while_it_is_under_way_waits_for_it_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("karamail.toml"), GOOD).unwrap();
    let program = start(folder.path());
    assert!(matches!(program.settled().await, Phase::Running(_)));
    let (first, second) = tokio::join!(program.end(), program.end());
    assert!(matches!(first, Phase::Ended));
    assert!(matches!(second, Phase::Ended), "it did not wait");
}
