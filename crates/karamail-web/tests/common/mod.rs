//! A shop with its screens: the real Router over a real engine, with the demo's mail servers on loopback.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file is a crate of its own and uses its part"
)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

pub mod first;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use karamail_engine::clock;
use karamail_engine::config::Places;
use karamail_engine::demo::{self, DemoServers};
use karamail_engine::engine::{Command, Handle};
use karamail_engine::program::{Phase, Program};
use karamail_engine::secrets::{Environment, KeyringUse, Secrets};
use tempfile::TempDir;
use tower::ServiceExt;

/// Longest that anything here may take; nothing waits that long where all is well.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A shop. `Shop::open` collects; `Shop::without_settings` is a first start.
pub struct Shop {
    pub program: Arc<Program>,
    pub router: Router,
    pub servers: DemoServers,
    folder: TempDir,
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |location| location.to_str().unwrap())
    }

    /// The same without the ticket by which a page tells something once.
    pub fn leads_to(&self) -> &str {
        let location = self.location();
        let (before, _) = location.split_once("once=").unwrap_or((location, ""));
        before.trim_end_matches(['?', '&'])
    }

    /// The version of the page's first live part.
    pub fn version(&self) -> &str {
        let behind = self.body.split("data-version=\"").nth(1).expect("a live part");
        behind.split('"').next().unwrap()
    }

    /// Panics unless all of these stand in the body.
    #[track_caller]
    pub fn has(&self, texts: &[&str]) -> &Answer {
        for text in texts {
            assert!(self.body.contains(text), "no {text:?} in:\n{}", self.body);
        }
        self
    }

    /// Panics where one of these stands in the body.
    #[track_caller]
    pub fn has_not(&self, texts: &[&str]) -> &Answer {
        for text in texts {
            assert!(!self.body.contains(text), "{text:?} stands in:\n{}", self.body);
        }
        self
    }
}

impl Shop {
    /// A shop that collects from the demo's servers every 5 seconds and when told.
    pub async fn open() -> Shop {
        Shop::with("", true).await
    }

    /// A shop with further lines in its settings, which come before `[[mailbox]]`; it polls at once where it `collects`.
    pub async fn with(settings: &str, collects: bool) -> Shop {
        let servers = DemoServers::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("karamail.toml"),
            format!("{settings}\n{}", mailbox(&servers)),
        )
        .unwrap();
        let shop = Shop::start(servers, folder, collects).await;
        assert!(
            matches!(shop.program.phase(), Phase::Running(_)),
            "the engine does not run"
        );
        shop
    }

    /// A shop that does not collect and whose passwords are not in the environment.
    pub async fn without_environment(settings: &str) -> Shop {
        let servers = DemoServers::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("karamail.toml"),
            format!("{settings}\n{}", mailbox(&servers)),
        )
        .unwrap();
        Shop::start_with(servers, folder, false, &[]).await
    }

    /// A first start: no settings file.
    pub async fn without_settings() -> Shop {
        let servers = DemoServers::start().await.unwrap();
        Shop::start(servers, tempfile::tempdir().unwrap(), true).await
    }

    /// A first start, with no password in the environment.
    pub async fn without_settings_or_passwords() -> Shop {
        let servers = DemoServers::start().await.unwrap();
        Shop::start_with(servers, tempfile::tempdir().unwrap(), true, &[]).await
    }

    /// A shop with this settings file, sound or not.
    pub async fn with_file(text: &str) -> Shop {
        let servers = DemoServers::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("karamail.toml"), text).unwrap();
        Shop::start(servers, folder, true).await
    }

    /// A shop with this settings file whose passwords nobody has entered.
    pub async fn with_file_and_no_password(text: &str) -> Shop {
        let servers = DemoServers::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("karamail.toml"), text).unwrap();
        Shop::start_with(servers, folder, true, &[]).await
    }

    async fn start(servers: DemoServers, folder: TempDir, collects: bool) -> Shop {
        Shop::start_with(
            servers,
            folder,
            collects,
            &[("KARAMAIL_PASSWORD", demo::PASSWORD)],
        )
        .await
    }

    async fn start_with(
        servers: DemoServers,
        folder: TempDir,
        collects: bool,
        variables: &[(&str, &str)],
    ) -> Shop {
        let places = Places {
            config: folder.path().join("karamail.toml"),
            data: folder.path().join("data"),
            portable: false,
        };
        let passwords = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let secrets = Secrets::with(
            &places.data,
            Environment::Given(passwords.collect()),
            KeyringUse::Off,
        );
        let program = Program::start(places, Arc::new(secrets), collects);
        // Nobody is asked about servers: tests know no network but loopback.
        program.set_dns(None);
        program.settled().await;
        Shop {
            router: karamail_web::router(Arc::clone(&program)),
            program,
            servers,
            folder,
        }
    }

    /// The settings file.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("karamail.toml")
    }

    /// The folder with the settings file and `data`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The shop's engine.
    pub fn handle(&self) -> Handle {
        self.program.handle().unwrap()
    }

    /// Asks for a page.
    pub async fn get(&self, address: &str) -> Answer {
        self.ask(Request::get(address).body(Body::empty()).unwrap()).await
    }

    /// Asks for a part of a page, as htmx does.
    pub async fn part(&self, address: &str) -> Answer {
        let request = Request::get(address).header("HX-Request", "true");
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form.
    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form(fields);
        let request =
            Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// Any request.
    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 64 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// A customer's empty mail.
    pub fn sign_up(&self, from: &str) {
        let mail = format!(
            "From: {from}\r\nTo: {}\r\nMessage-ID: <{}@mail.example>\r\nDate: {}\r\nSubject: \r\n\r\n",
            demo::ADDRESS,
            from.replace(|c: char| !c.is_ascii_alphanumeric(), "."),
            // Of now: an older mail is backlog at the first contact.
            jiff::fmt::rfc2822::to_string(&clock::local(clock::now())).unwrap(),
        );
        self.servers.deposit(mail.into_bytes());
    }

    /// Polls now and waits until so many receipts were taken by the SMTP server in all, and the mailbox is empty.
    pub async fn collect(&self, sent: usize) {
        tokio::time::timeout(PATIENCE, async {
            self.handle().command(Command::CheckNow).await;
            self.servers.wait_for_sent(sent).await;
            self.servers.wait_for_mailbox_at_most(0).await;
        })
        .await
        .expect("the receipts did not come");
    }

    /// Waits until a page has this text, looking again whenever the program has news.
    pub async fn wait_for(&self, address: &str, text: &str) -> Answer {
        let mut news = self.program.news();
        tokio::time::timeout(PATIENCE, async {
            loop {
                news.mark_unchanged();
                let answer = self.get(address).await;
                if answer.body.contains(text) {
                    return answer;
                }
                // What changes on disk alone moves no news; it is looked at again all the same.
                let _ = tokio::time::timeout(Duration::from_millis(200), news.changed()).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("{address} never had {text:?}"))
    }
}

/// The settings of a mailbox at the demo's servers.
pub fn mailbox(servers: &DemoServers) -> String {
    format!(
        "[[mailbox]]\nname = \"店頭\"\naddress = \"{address}\"\n[mailbox.pop3]\nhost = \"127.0.0.1\"\nport = {pop3}\n\
         security = \"none\"\nuser = \"{user}\"\n[mailbox.smtp]\nhost = \"127.0.0.1\"\nport = {smtp}\nsecurity = \"none\"\n\
         authentication = \"none\"\nconnections = 1\n",
        address = demo::ADDRESS,
        user = demo::USER,
        pop3 = servers.pop3_port(),
        smtp = servers.smtp_port(),
    )
}

/// Fields as a browser sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte);
        text.bytes()
            .map(|byte| match byte {
                byte if plain(byte) => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}

/// Writes into the shop's ledger past all the program's own care.
pub async fn sql(shop: &Shop, sql: &'static str) {
    use sqlx::{Connection, SqliteConnection};
    let ledger = shop.folder().join("data/karamail.db");
    let url = format!("sqlite://{}?mode=rw", ledger.display());
    let mut ledger = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut ledger).await.unwrap();
    ledger.close().await.unwrap();
}
