//! The icon on Linux: a StatusNotifierItem on the session's D-Bus (KDE, GNOME with its extension, XFCE, LXQt and others show these).
//!
//! A thread of its own talks to the bus, so that a panel that hangs holds up nobody: the desk only leaves a face here. There may be no
//! bus, nobody who shows icons, or somebody who comes later or again: the item then waits for them.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use karamail_core::words::tray as words;
use karamail_tray::face::{Face, State};
use karamail_tray::icon::{self, SIZES};
use ksni::blocking::{Handle, TrayMethods};
use ksni::menu::StandardItem;

use super::Choice;
use crate::daemon::desk::Wish;
use crate::daemon::event_loop::Wishes;

/// The icon, as long as this lives.
pub(crate) struct Tray {
    faces: Sender<Face>,
}

impl Tray {
    /// An icon that tells these wishes what is chosen; it shows nothing before its first face.
    pub(crate) fn new(wishes: &Wishes) -> Tray {
        let (faces, to_show) = channel();
        let wishes = wishes.clone();
        let begun = thread::Builder::new()
            .name("tray".to_owned())
            .spawn(move || keep(&to_show, &wishes));
        if let Err(error) = begun {
            tracing::warn!(%error, "there is no tray");
        }
        Tray { faces }
    }

    /// Shows another face.
    pub(crate) fn show(&mut self, face: &Face) {
        // Without its thread there is no tray, and the program works all the same.
        let _ = self.faces.send(face.clone());
    }
}

fn keep(faces: &Receiver<Face>, wishes: &Wishes) {
    let mut item: Option<Handle<Item>> = None;
    let mut is_told = false;
    while let Ok(next) = faces.recv() {
        // The newest of those that came while the bus was slow.
        let face = faces.try_iter().last().unwrap_or(next);
        if let Some(item) = item.as_ref().filter(|item| !item.is_closed()) {
            item.update(|item| item.face = face);
            continue;
        }
        // Without a bus the next face tries again.
        let begun = Item {
            face,
            wishes: wishes.clone(),
        }
        .assume_sni_available(true)
        .spawn();
        match begun {
            Ok(handle) => {
                tracing::info!("the icon is offered to the desktop");
                item = Some(handle);
            }
            Err(error) if !is_told => {
                is_told = true;
                tracing::warn!(%error, "there is no tray");
            }
            Err(_) => {}
        }
    }
    if let Some(item) = item {
        item.shutdown().wait();
    }
}

struct Item {
    face: Face,
    wishes: Wishes,
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "karamail".to_owned()
    }

    fn title(&self) -> String {
        words::window_title(self.face.language)
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.wishes.put(Wish::Chosen(Choice::Status));
    }

    /// Desktops that hide icons show one that asks for attention.
    fn status(&self) -> ksni::Status {
        match self.face.state {
            State::Failing => ksni::Status::NeedsAttention,
            _ => ksni::Status::Active,
        }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        pictures(self.face.state)
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        match self.face.state {
            State::Failing => pictures(State::Failing),
            _ => Vec::new(),
        }
    }

    fn tool_tip(&self) -> ksni::ToolTip {
        ksni::ToolTip {
            title: plain(&self.face.title),
            description: plain(&self.face.lines.join(" · ")),
            ..ksni::ToolTip::default()
        }
    }

    fn menu(&self) -> Vec<ksni::MenuItem<Item>> {
        let mut menu = Vec::new();
        for entry in Choice::ALL.map(|choice| choice.entry(&self.face)) {
            if entry.begins_group {
                menu.push(ksni::MenuItem::Separator);
            }
            let choice = entry.choice;
            menu.push(
                StandardItem {
                    // An underscore would mark a letter.
                    label: entry.label.replace('_', "__"),
                    enabled: entry.is_enabled,
                    activate: Box::new(move |item: &mut Item| item.wishes.put(Wish::Chosen(choice))),
                    ..StandardItem::default()
                }
                .into(),
            );
        }
        menu
    }

    fn watcher_offline(&self, _reason: ksni::OfflineReason) -> bool {
        // Whoever shows icons may come later, or again.
        true
    }
}

/// In each size that panels ask for, as ARGB in the network's order.
fn pictures(state: State) -> Vec<ksni::Icon> {
    let picture = |size: u32| {
        let mut data = icon::draw(state, size);
        for pixel in data.chunks_exact_mut(4) {
            pixel.rotate_right(1);
        }
        let side = i32::try_from(size).unwrap_or_default();
        ksni::Icon {
            width: side,
            height: side,
            data,
        }
    };
    SIZES.into_iter().map(picture).collect()
}

/// Without markup, which desktops read in these texts: a mailbox may be called `<b>`.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
