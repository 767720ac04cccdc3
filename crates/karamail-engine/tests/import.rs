//! Mails from files: as if they had arrived, once, and without a reply unless asked for.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{NO_LIMITS, once, settings, signup};
use karamail_engine::clock;
use karamail_engine::config::Settings;
use karamail_engine::demo::{self, DemoServers};
use karamail_engine::import::{ImportReport, import};
use karamail_engine::store::Store;
use karamail_engine::store::results::{Delivery, Wanted, results};

struct Shop {
    servers: DemoServers,
    folder: tempfile::TempDir,
    export: tempfile::TempDir,
}

impl Shop {
    async fn new() -> Shop {
        Shop {
            servers: DemoServers::start().await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
            export: tempfile::tempdir().unwrap(),
        }
    }

    fn settings(&self) -> Settings {
        settings(&self.servers, "", NO_LIMITS)
    }

    fn file(&self, name: &str, bytes: &[u8]) {
        let path = self.export.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    async fn import(&self, reply: bool) -> ImportReport {
        self.import_with(self.settings(), reply).await
    }

    async fn import_with(&self, settings: Settings, reply: bool) -> ImportReport {
        let store = Store::open(self.folder.path()).await.unwrap();
        let mailbox = settings.mailboxes[0].clone();
        let (from, data) = (self.export.path(), self.folder.path());
        let report = import(from, &store, data, &settings, &mailbox, reply, clock::now()).await;
        store.close().await;
        report.unwrap()
    }

    async fn numbers(&self) -> Vec<(i64, String, Delivery)> {
        let readers = Store::open_to_read(self.folder.path()).await.unwrap().unwrap();
        let rows = results(&readers, &Wanted::default()).await.unwrap();
        readers.close().await;
        rows.into_iter()
            .rev()
            .map(|row| (row.number, row.address, row.delivery))
            .collect()
    }

    async fn addresses(&self) -> Vec<String> {
        self.numbers().await.into_iter().map(|row| row.1).collect()
    }
}

/// A signup mail of the second of a day in 2024.
fn mail(address: &str, second: u32) -> String {
    let to = demo::ADDRESS;
    format!(
        "From: <{address}>\r\nTo: {to}\r\nMessage-ID: <{second}.{address}>\r\nDate: Mon, 1 Jan 2024 12:00:{second:02} +0900\r\nSubject:\r\n\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_of_every_program_are_numbered_by_date_and_not_answered() {
    let shop = Shop::new().await;
    shop.file(
        "Windows Live Mail/Inbox 3/0A1B.eml",
        mail("third@example.jp", 3).as_bytes(),
    );
    shop.file("Outlook/件名なし.EML", mail("first@example.jp", 1).as_bytes());
    // Thunderbird: no ending, LF, quoted From lines, an index beside it, a deleted mail.
    let lf = |text: String| text.replace("\r\n", "\n");
    let deleted = lf(mail("deleted@example.jp", 9)).replace("Subject:", "X-Mozilla-Status: 0009\nSubject:");
    let mbox = format!(
        "From - Mon Jan 01 12:00:02 2024\n{}body\n\n>From me\n\nFrom - Mon Jan 01 12:00:09 2024\n{deleted}\nFrom \n{}\n",
        lf(mail("second@example.jp", 2)),
        lf(mail("fourth@example.jp", 4)),
    );
    shop.file("Thunderbird/Inbox", mbox.as_bytes());
    shop.file("Thunderbird/Inbox.msf", b"// <!-- <mdb:mork:z v=\"1.4\"/> -->");
    shop.file("Thunderbird/Sent", b"");
    shop.file("other.eml", b"From: shop@example.com\r\nSubject: hello\r\nDate: Mon, 1 Jan 2024 11:00:00 +0900\r\nMessage-ID: <o@x>\r\n\r\nx\r\n");
    let report = shop.import(false).await;
    assert_eq!(
        (report.receipts, report.archived, report.deleted),
        (4, 1, 1),
        "{report:?}"
    );
    assert_eq!(report.numbers, Some((1, 4)));
    assert_eq!((report.files, report.skipped), (4, 2), "{report:?}");
    assert!(report.faults.is_empty());
    let numbers = shop.numbers().await;
    let wanted = ["first", "second", "third", "fourth"].map(|name| format!("{name}@example.jp"));
    assert_eq!(shop.addresses().await, wanted);
    assert!(
        numbers.iter().all(|row| row.2 == Delivery::Withheld),
        "{numbers:?}"
    );
    // Nothing goes out later either.
    once(shop.folder.path(), shop.settings()).await;
    assert_eq!(shop.servers.sent().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_twice_adds_nothing() {
    let shop = Shop::new().await;
    shop.file("a.eml", mail("a@example.jp", 1).as_bytes());
    // The same mail in another folder, with other line ends.
    shop.file(
        "copy/a.eml",
        mail("a@example.jp", 1).replace("\r\n", "\n").as_bytes(),
    );
    let report = shop.import(false).await;
    assert_eq!((report.taken, report.known), (1, 1));
    let report = shop.import(true).await;
    assert_eq!((report.taken, report.known), (0, 2));
    assert_eq!(shop.numbers().await.len(), 1);
    once(shop.folder.path(), shop.settings()).await;
    assert_eq!(shop.servers.sent().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_also_on_the_server_is_one_mail_whichever_comes_first() {
    let shop = Shop::new().await;
    // On the server first; the export has a header more, so its size is another.
    let now = signup("server@example.jp", 1);
    shop.servers.deposit(now.clone());
    once(
        shop.folder.path(),
        settings(&shop.servers, "keep = \"keep\"", NO_LIMITS),
    )
    .await;
    let exported = format!("X-Exported: yes\r\n{}", String::from_utf8(now).unwrap());
    shop.file("server.eml", exported.as_bytes());
    // Imported first; the server lists it later.
    shop.file("file.eml", mail("file@example.jp", 2).as_bytes());
    let report = shop.import(false).await;
    assert_eq!((report.taken, report.known), (1, 1), "{report:?}");
    let on_server = format!(
        "Received: from x by y; Mon, 1 Jan 2024 12:00:02 +0900\r\n{}",
        mail("file@example.jp", 2)
    );
    shop.servers.deposit(on_server.into_bytes());
    let report = once(shop.folder.path(), shop.settings()).await;
    assert_eq!(
        (report.received, report.receipts, report.repeats),
        (0, 0, 0),
        "{report:?}"
    );
    assert_eq!(shop.numbers().await.len(), 2);
    assert_eq!(
        shop.servers.sent().len(),
        1,
        "the one receipt of the mail that arrived"
    );
    assert_eq!(
        shop.servers.mailbox_count(),
        0,
        "both are settled and leave the server"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_reply_the_receipts_go_out_and_known_addresses_get_their_number_again() {
    let shop = Shop::new().await;
    shop.file("1.eml", mail("a@example.jp", 1).as_bytes());
    shop.file("2.eml", mail("a@example.jp", 2).as_bytes());
    let report = shop.import(true).await;
    assert_eq!((report.receipts, report.duplicates), (1, 1));
    once(shop.folder.path(), shop.settings()).await;
    assert_eq!(shop.servers.sent().len(), 2);
    assert_eq!(shop.numbers().await[0].2, Delivery::Sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn automatic_mail_gets_no_number_and_other_mail_is_archived_never_forwarded() {
    let shop = Shop::new().await;
    let settings = settings(&shop.servers, "forward_to = \"boss@example.org\"", NO_LIMITS);
    let automatic = mail("a@example.jp", 1).replace("Subject:", "Auto-Submitted: auto-replied\r\nSubject:");
    shop.file("auto.eml", automatic.as_bytes());
    shop.file(
        "text.eml",
        mail("b@example.jp", 2)
            .replace("Subject:", "Subject: hello")
            .as_bytes(),
    );
    let report = shop.import_with(settings.clone(), true).await;
    assert_eq!((report.receipts, report.archived), (0, 2));
    once(shop.folder.path(), settings).await;
    assert_eq!(shop.servers.sent().len(), 0);
    let archived: usize = fs::read_dir(shop.folder.path().join("archive"))
        .unwrap()
        .map(|month| fs::read_dir(month.unwrap().path()).unwrap().count())
        .sum();
    assert_eq!(archived, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_the_backlog_rule_do_not_apply() {
    let shop = Shop::new().await;
    for second in 0..50 {
        shop.file(
            &format!("{second}.eml"),
            mail(&format!("{second}@example.jp"), second).as_bytes(),
        );
    }
    let strict = settings(&shop.servers, "", "limit_mailbox_per_hour = 1\nbacklog_hours = 1");
    let report = shop.import_with(strict, false).await;
    assert_eq!((report.receipts, report.held), (50, 0));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn links_are_not_followed_and_one_bad_file_does_not_stop_the_rest() {
    use std::os::unix::ffi::OsStrExt;
    let shop = Shop::new().await;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("outside.eml"), mail("outside@example.jp", 1)).unwrap();
    let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, shop.export.path().join(name)).unwrap();
    link(outside.path(), "folder");
    link(&outside.path().join("outside.eml"), "link.eml");
    link(shop.export.path(), "endless");
    // A pipe would wait for ever.
    let hostile = shop
        .export
        .path()
        .join(std::ffi::OsStr::from_bytes(b"\xff\x1b[31m\n.eml"));
    fs::write(hostile, mail("hostile@example.jp", 2)).unwrap();
    shop.file("garbage.eml", &[0xff; 5000]);
    shop.file("nul.eml", &[0; 5000]);
    let huge_line = [mail("huge@example.jp", 3).into_bytes(), vec![b'x'; 20_000_000]].concat();
    shop.file("huge.eml", &huge_line);
    let locked = shop.export.path().join("locked.eml");
    fs::write(&locked, mail("locked@example.jp", 4)).unwrap();
    fs::set_permissions(&locked, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    let report = shop.import(false).await;
    assert_eq!(report.links, 3, "{report:?}");
    let addresses = shop.addresses().await;
    assert!(
        addresses.contains(&"hostile@example.jp".to_owned()),
        "{addresses:?}"
    );
    assert!(addresses.contains(&"huge@example.jp".to_owned()), "{addresses:?}");
    assert!(
        !addresses.contains(&"outside@example.jp".to_owned()),
        "{addresses:?}"
    );
    // The superuser may read everything.
    let is_locked_read = fs::File::open(&locked).is_ok();
    assert_eq!(report.faults.len(), usize::from(!is_locked_read), "{report:?}");
}
