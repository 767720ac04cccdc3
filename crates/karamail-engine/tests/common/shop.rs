//! A shop whose mailbox a test fills as it likes, cycle after cycle.

use std::path::Path;
use std::sync::Arc;

use karamail_engine::clock;
use karamail_engine::config::Settings;
use karamail_engine::data_folder::DataFolder;
use karamail_engine::demo::DemoServers;
use karamail_engine::engine::requests::{BacklogAction, Office, Request, RequestFault, perform};
use karamail_engine::store::Store;
use karamail_engine::store::aside::{AsideMail, aside};

use super::box_of_mails::{BoxOfMails, Mail};
use super::{once, settings_text};

/// A shop with a mailbox that a test fills, and the demo's SMTP server.
pub(crate) struct Shop {
    pub(crate) server: BoxOfMails,
    pub(crate) servers: DemoServers,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) settings: Settings,
}

impl Shop {
    pub(crate) async fn open(mails: Vec<Mail>, extra: &str, guard: &str) -> Shop {
        let server = BoxOfMails::start(mails).await;
        let servers = DemoServers::start().await.unwrap();
        let text = settings_text(server.port, servers.smtp_port(), extra, guard);
        let settings = Settings::parse(&text, Path::new(".")).unwrap();
        Shop {
            server,
            servers,
            folder: tempfile::tempdir().unwrap(),
            settings,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn once(&self) -> karamail_engine::cycle::CycleReport {
        once(self.folder(), self.settings.clone()).await
    }

    pub(crate) async fn ask(&self, request: Request) -> Result<serde_json::Value, RequestFault> {
        let lock = DataFolder::take(self.folder()).unwrap();
        let store = Store::open(lock.path()).await.unwrap();
        let settings = Arc::new(self.settings.clone());
        let office = Office {
            store: &store,
            settings: &settings,
            data_folder: lock.path(),
            now: clock::now(),
        };
        let performed = perform(&request, &office).await;
        store.close().await;
        performed.map(|performed| performed.result)
    }

    pub(crate) async fn backlog(&self, action: BacklogAction) -> serde_json::Value {
        self.ask(Request::Backlog {
            action,
            mailbox: Some("counter".into()),
        })
        .await
        .unwrap()
    }

    pub(crate) async fn aside(&self) -> Vec<AsideMail> {
        let readers = Store::open_to_read(self.folder()).await.unwrap().unwrap();
        let mails = aside(&readers, None).await.unwrap();
        readers.close().await;
        mails
    }

    pub(crate) async fn events(&self, kind: &str) -> i64 {
        let readers = Store::open_to_read(self.folder()).await.unwrap().unwrap();
        let count = sqlx::query_scalar("SELECT count(*) FROM events WHERE kind = ?1")
            .bind(kind)
            .fetch_one(&readers)
            .await
            .unwrap();
        readers.close().await;
        count
    }
}
