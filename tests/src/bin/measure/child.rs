//! The programs of our own that are measured as processes: the raw clients, and our POP3 driver alone.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use karamail_engine::config::{Pop3Authentication, Pop3Settings, Security};
use karamail_engine::pop3::{Pop3Connection, Retrieved};
use karamail_engine::secrets::Password;

use crate::raw::{self, Part};
use crate::rounds::LOGIN;

/// `child ROLE POP3-PORT [SMTP-PORT]`.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let [role, ports @ ..] = arguments else {
        return ExitCode::from(2);
    };
    let ports: Vec<u16> = ports.iter().filter_map(|port| port.parse().ok()).collect();
    let (pop3, smtp) = (
        ports.first().copied().unwrap_or(0),
        ports.get(1).copied().unwrap_or(0),
    );
    let done = match role.as_str() {
        "raw-headers" => raw::fetch(pop3, Part::Header, |_| ()),
        "raw-whole" => raw::fetch(pop3, Part::Whole, |_| ()),
        "raw-answer" => fetch_and_answer(pop3, smtp),
        "driver-headers" => drive(pop3, Part::Header),
        "driver-whole" => drive(pop3, Part::Whole),
        _ => return ExitCode::from(2),
    };
    match done {
        Ok(mails) => {
            println!("{mails} mails");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{role}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn fetch_and_answer(pop3: u16, smtp: u16) -> io::Result<usize> {
    let mut people = Vec::new();
    let mails = raw::fetch(pop3, Part::Header, |header| {
        let text = String::from_utf8_lossy(header);
        let from = text.lines().find_map(|line| line.strip_prefix("From: "));
        people.extend(from.map(str::to_owned));
    })?;
    raw::send(smtp, &people)?;
    Ok(mails)
}

/// The driver as the engine uses it, without the engine: listing, headers or whole mails, DELE, QUIT.
fn drive(port: u16, part: Part) -> io::Result<usize> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (user, password) = LOGIN;
        let settings = Pop3Settings {
            host: "127.0.0.1".into(),
            port,
            security: Security::None,
            user: user.into(),
            authentication: Pop3Authentication::Auto,
            connect_timeout: Duration::from_secs(20),
            read_timeout: Duration::from_secs(60),
            session_timeout: Duration::from_secs(1800),
            extra_ca_file: None,
            save_password: true,
            largest_mail: 150 << 20,
        };
        let mut connection = Pop3Connection::open(&settings, &Password::new(password))
            .await
            .map_err(io::Error::other)?;
        let listing = connection.listing().await.map_err(io::Error::other)?.mails;
        let (mut came, mut refused) = (0, 0);
        match part {
            Part::Header => {
                let each = |_, header: Result<Vec<u8>, _>| match header {
                    Ok(_) => came += 1,
                    Err(_) => refused += 1,
                };
                connection
                    .fetch_headers(&listing, each)
                    .await
                    .map_err(io::Error::other)?;
            }
            Part::Whole => {
                for mail in &listing {
                    let mut nowhere = tokio::io::sink();
                    let kept = connection.retrieve(mail.number, &mut nowhere, settings.largest_mail);
                    match kept.await.map_err(io::Error::other)? {
                        Retrieved::Whole { .. } => came += 1,
                        _ => refused += 1,
                    }
                }
            }
        }
        let numbers: Vec<u32> = listing.iter().map(|mail| mail.number).collect();
        connection.delete(&numbers).await.map_err(io::Error::other)?;
        connection.quit().await.map_err(io::Error::other)?;
        if refused > 0 {
            return Err(io::Error::other(format!("{refused} mails refused")));
        }
        Ok(came)
    })
}
