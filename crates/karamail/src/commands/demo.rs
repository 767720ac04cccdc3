//! `karamail demo`: the main job on mail servers of its own, on loopback. The engine, its sockets and its ledger are the
//! real ones; the ledger lies in a folder that is removed at the end.

use std::time::Duration;

use karamail_core::journal::EventKind;
use karamail_core::words::{Told, commands as words};
use karamail_engine::clock;
use karamail_engine::demo::{self, DemoMail, DemoServers, Role, Stage, customers, render_phone};
use karamail_engine::engine::{Command, Handle};
use karamail_engine::store::events::StoredEvent;
use karamail_engine::store::results::{Wanted, results};
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::arguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;
use crate::signals;

/// Mails and receipts shown one by one; of a crowd the rest is counted.
const SHOWN: usize = 20;
/// A demo that has not ended by then has failed: far more than 10,000 customers need.
const PATIENCE: Duration = Duration::from_secs(300);

/// Plays the demo.
pub(crate) async fn run(context: &Context, arguments: &arguments::Demo) -> Result<Exit, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::said(
            Exit::Failed,
            words::demo_failed(context.language, &error.to_string()),
        )
    };
    let stage = Stage::set(context.language)
        .await
        .map_err(|error| failed(&error))?;
    let engine = stage.engine().await?;
    let handle = engine.handle();
    let stop = engine.stop_switch();
    // Listened to from before it starts, so that every run tells the same.
    let events = handle.events();
    let running = tokio::spawn(engine.run(None, true));

    let mut play = Play {
        context,
        servers: stage.servers(),
        handle,
        shown: 0,
    };
    let exit = tokio::select! {
        exit = play.main_act(usize::try_from(arguments.customers).unwrap_or(usize::MAX), events) => exit?,
        () = signals::end_requested() => Exit::Done,
    };
    if exit == Exit::Done && !arguments.exit {
        tokio::select! {
            () = play.encore() => {}
            () = signals::end_requested() => {}
        }
    }
    stop.request();
    running.await.map_err(|error| failed(&error))??;
    Ok(exit)
}

struct Play<'a> {
    context: &'a Context,
    servers: &'a DemoServers,
    handle: Handle,
    /// Sent mails shown so far.
    shown: usize,
}

impl Play<'_> {
    /// The customers come, and every one of them gets a receipt.
    async fn main_act(&mut self, count: usize, mut events: Receiver<StoredEvent>) -> Result<Exit, Failure> {
        let language = self.context.language;
        self.say(&words::demo_title(language));
        self.say(&words::demo_servers(
            language,
            self.servers.pop3_port(),
            self.servers.smtp_port(),
        ));
        self.say("");
        self.say(&words::demo_arriving(language));
        let cast = customers(count, &clock::local(clock::now()));
        let replies = cast
            .iter()
            .filter(|mail| matches!(mail.role, Role::Customer | Role::Duplicate))
            .count();
        let wanted = cast.iter().filter(|mail| mail.role == Role::Customer).count();
        for (nth, mail) in cast.iter().enumerate() {
            self.arrive(mail, nth < SHOWN || mail.role != Role::Customer);
        }
        if wanted > SHOWN {
            self.say(&words::demo_more(language, wanted - SHOWN));
        }
        self.say("");
        self.say(&words::demo_working(language));
        self.handle.command(Command::CheckNow).await;
        let arrived = tokio::time::timeout(PATIENCE, async {
            self.follow(&mut events, replies).await;
            self.servers.wait_for_sent(replies).await;
            self.servers.wait_for_mailbox_at_most(0).await;
        })
        .await;
        self.say("");
        self.say(&words::demo_receipts(language));
        self.show_new();
        self.show_results().await?;
        if arrived.is_err() {
            output::error_line(&words::demo_late(language, self.servers.sent_count(), replies));
            return Ok(Exit::Failed);
        }
        Ok(Exit::Done)
    }

    /// Serves whoever writes to the demo's servers.
    async fn encore(&mut self) {
        let language = self.context.language;
        self.say(&words::demo_try(
            language,
            self.servers.smtp_port(),
            demo::ADDRESS,
        ));
        let mut events = self.handle.events();
        loop {
            tokio::select! {
                () = self.servers.wait_for_sent(self.shown + 1) => self.show_new(),
                Ok(stored) = events.recv() => output::event(&stored, language, self.context.json),
                else => return,
            }
        }
    }

    fn arrive(&self, mail: &DemoMail, is_shown: bool) {
        self.servers.deposit(mail.bytes.clone());
        if self.context.json {
            output::line(
                &json!({ "step": "mail", "from": mail.address, "role": role(mail.role) }).to_string(),
            );
        } else if is_shown {
            output::line(&format!("  {}", mail.told(self.context.language)));
        }
    }

    /// Prints what the engine does until it has told of every reply. Of a crowd only the beginning is printed.
    async fn follow(&self, events: &mut Receiver<StoredEvent>, replies: usize) {
        let (mut printed, mut sent) = (0, 0);
        while sent < replies {
            match events.recv().await {
                Ok(stored) => {
                    if self.context.json || printed < 4 * SHOWN {
                        output::event(&stored, self.context.language, self.context.json);
                    }
                    printed += 1;
                    sent += usize::from(stored.event.kind == EventKind::Sent);
                }
                // Behind a crowd: the log has the lines, the servers the count.
                Err(RecvError::Lagged(_) | RecvError::Closed) => return,
            }
        }
    }

    fn show_new(&mut self) {
        let sent = self.servers.sent();
        for (nth, mail) in sent.iter().enumerate().skip(self.shown) {
            if self.context.json {
                output::line(&json!({ "step": "receipt", "to": mail.to, "mail": String::from_utf8_lossy(&mail.bytes) }).to_string());
            } else if nth < SHOWN || nth == sent.len() - 1 {
                output::raw(&render_phone(mail, self.context.language));
            }
        }
        self.shown = sent.len();
    }

    async fn show_results(&self) -> Result<(), Failure> {
        let language = self.context.language;
        let wanted = Wanted {
            limit: None,
            ..Wanted::default()
        };
        let mut rows = results(self.handle.readers(), &wanted).await?;
        rows.reverse();
        if self.context.json {
            for row in &rows {
                output::line(&json!({ "step": "result", "number": row.number, "address": row.address, "delivery": row.delivery.as_str() }).to_string());
            }
            let left = self.servers.mailbox_count();
            output::line(
                &json!({ "step": "done", "receipts": rows.len(), "left_on_server": left }).to_string(),
            );
            return Ok(());
        }
        self.say(&words::demo_results(language));
        let cells: Vec<Vec<String>> = rows
            .iter()
            .take(SHOWN)
            .map(|row| {
                vec![
                    row.number.to_string(),
                    output::harmless(&row.address),
                    row.delivery.what(language),
                ]
            })
            .collect();
        let head = [
            words::column_number(language),
            words::column_address(language),
            words::column_delivery(language),
        ];
        output::raw(&output::table(&head, &cells));
        self.say(&words::demo_done(
            language,
            rows.len(),
            self.servers.mailbox_count(),
        ));
        Ok(())
    }

    fn say(&self, text: &str) {
        if !self.context.json {
            output::line(text);
        }
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Customer => "customer",
        Role::Duplicate => "duplicate",
        Role::OtherMail => "other",
        Role::AutoReply => "auto-reply",
    }
}
