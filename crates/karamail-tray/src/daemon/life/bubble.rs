//! A notification of the system: over D-Bus on Linux, a toast on Windows, the notification centre on macOS.
//!
//! Invariant: where nobody shows notifications, nothing fails and nobody waits.

use std::time::Duration;

/// Longest that whoever shows notifications may take to accept one.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest title and text, characters: more is not read in a corner of the screen.
const TITLE: usize = 80;
const TEXT: usize = 300;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bubble {
    pub(super) title: String,
    pub(super) text: String,
    /// It stays until somebody has seen it.
    pub(super) is_urgent: bool,
}

/// Shows it, or leaves it.
pub(super) async fn show(bubble: Bubble) {
    let bubble = Bubble {
        title: plain(&bubble.title, TITLE),
        text: plain(&bubble.text, TEXT),
        ..bubble
    };
    match tokio::time::timeout(PATIENCE, system::show(&bubble)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a notification was not shown"),
        Err(_) => tracing::debug!("nobody took a notification in time"),
    }
}

/// Without what cannot be seen or turns the writing direction, and not longer than it may be.
fn plain(text: &str, most: usize) -> String {
    let is_seen = |character: &char| {
        (!character.is_control() || *character == '\n')
            && !matches!(character,
                '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
    };
    let text = text.replace('\t', " ");
    let mut plain: String = text.chars().filter(is_seen).take(most + 1).collect();
    if plain.chars().count() > most {
        plain = plain.chars().take(most.saturating_sub(1)).chain(['…']).collect();
    }
    plain
}

#[cfg(all(unix, not(target_os = "macos")))]
mod system {
    use std::collections::HashMap;

    use zbus::Connection;
    use zbus::zvariant::Value;

    use super::Bubble;

    /// Never, as the notification service understands it.
    const UNTIL_SEEN: i32 = 0;
    /// As long as the desktop thinks fit.
    const AS_USUAL: i32 = -1;

    pub(super) async fn show(bubble: &Bubble) -> zbus::Result<()> {
        let bus = Connection::session().await?;
        let urgency: u8 = if bubble.is_urgent { 2 } else { 1 };
        let hints = HashMap::from([
            ("urgency", Value::from(urgency)),
            ("desktop-entry", Value::from("karamail")),
        ]);
        let (id, actions): (u32, &[&str]) = (0, &[]);
        let body = (
            "Karamail",
            id,
            "karamail",
            bubble.title.as_str(),
            super::without_markup(&bubble.text),
            actions,
            hints,
            if bubble.is_urgent { UNTIL_SEEN } else { AS_USUAL },
        );
        let name = "org.freedesktop.Notifications";
        bus.call_method(
            Some(name),
            "/org/freedesktop/Notifications",
            Some(name),
            "Notify",
            &body,
        )
        .await?;
        Ok(())
    }
}

#[cfg(any(windows, target_os = "macos"))]
mod system {
    use std::io;

    use notify_rust::Notification;

    use super::Bubble;

    /// The name under which Windows knows whose toasts these are.
    #[cfg(windows)]
    const NAME: &str = "Karamail.Tray";

    pub(super) async fn show(bubble: &Bubble) -> io::Result<()> {
        let bubble = bubble.clone();
        let shown = tokio::task::spawn_blocking(move || {
            let mut notification = Notification::new();
            notification.summary(&bubble.title).body(&bubble.text);
            #[cfg(windows)]
            {
                introduce()?;
                notification.app_id(NAME);
            }
            notification.show().map(|_| ()).map_err(io::Error::other)
        });
        shown.await.map_err(io::Error::other)?
    }

    /// Windows shows no toast of somebody it does not know. The key goes with the session, so nothing of it stays behind.
    #[cfg(windows)]
    fn introduce() -> io::Result<()> {
        use karamail_core::words::Language;
        use karamail_core::words::desktop as words;
        use windows_registry::CURRENT_USER;

        // The folder of the keys is everybody's: below one that goes with the session nobody could make one that stays.
        let names = CURRENT_USER.create(r"Software\Classes\AppUserModelId")?;
        let mut options = names.options();
        let key = options.read().write().create().volatile().open(NAME)?;
        key.set_string("DisplayName", words::autostart_name(Language::Japanese))?;
        Ok(())
    }
}

/// The text of a notification is markup on Linux (Desktop Notifications Specification).
#[cfg_attr(
    any(windows, target_os = "macos"),
    allow(dead_code, reason = "text is text there")
)]
fn without_markup(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_can_neither_hide_nor_turn_nor_format_a_notice() {
        let hostile = "<a href=\"x\">店</a>\u{202E}&\u{0}\u{1b}[2J\nend";
        let safe = without_markup(&plain(hostile, TEXT));
        assert_eq!(safe, "&lt;a href=\"x\"&gt;店&lt;/a&gt;&amp;[2J\nend");
    }

    #[test]
    fn a_notice_is_short_whatever_it_tells() {
        let long = plain(&"あ".repeat(10_000), TEXT);
        assert_eq!(long.chars().count(), TEXT);
        assert!(long.ends_with('…'));
    }
}
