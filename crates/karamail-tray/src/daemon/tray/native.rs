//! The icon on Windows and macOS.
//!
//! `tray-icon` keeps its hidden window where Explorer is not there to take the icon, and adds the icon when Explorer says that it has a
//! task bar (TaskbarCreated), with what was last accepted. What it leaves undone is done here: a change that Explorer did not take is
//! offered again after a while, and an icon that Explorer never took is made anew (decision 0113).

use std::time::Duration;

use karamail_tray::face::{Face, State};
use karamail_tray::icon;
use tray_icon::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tray_icon::{Icon, MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use super::Choice;
use crate::daemon::desk::Wish;
use crate::daemon::event_loop::Wishes;

/// Explorer needs seconds to start again.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// Where nobody ever shows icons (a shop window's kiosk) the program shall rest.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);
/// So many refusals, 30 seconds, and the icon was lost rather than late.
const LOST_AFTER: u32 = 4;

/// The icon, as long as this lives.
pub(crate) struct Tray {
    wishes: Wishes,
    icon: Option<TrayIcon>,
    items: Vec<(Choice, MenuItem)>,
    /// The face and the size that the system has taken.
    shown: Option<(Face, u32)>,
    /// How often in a row it did not.
    refusals: u32,
    /// Pixels of a side.
    size: u32,
}

impl Tray {
    /// An icon that tells these wishes what is chosen; it shows nothing before its first face.
    pub(crate) fn new(wishes: &Wishes) -> Tray {
        forward(wishes);
        Tray {
            wishes: wishes.clone(),
            icon: None,
            items: Vec::new(),
            shown: None,
            refusals: 0,
            size: 32,
        }
    }

    /// The size that the task bar shows, from the scale of its screen. The next face is drawn in it.
    pub(crate) fn scaled(&mut self, scale: f64) {
        self.size = if cfg!(windows) {
            // Windows' small icon: 16 pixels at 100 %.
            (16.0 * scale).round() as u32
        } else {
            64
        };
    }

    /// Shows another face; the same one costs nothing.
    pub(crate) fn show(&mut self, face: &Face) {
        let next = (face.clone(), self.size);
        if self.shown.as_ref() == Some(&next) {
            return;
        }
        if self.refusals >= LOST_AFTER {
            self.icon = None;
        }
        match self.offer(face) {
            Ok(()) => {
                self.refusals = 0;
                self.shown = Some(next);
            }
            Err(error) => {
                tracing::info!(%error, "the task bar did not take the icon");
                self.shown = None;
                self.offer_again();
            }
        }
    }

    fn offer(&mut self, face: &Face) -> Result<(), tray_icon::Error> {
        let picture = picture(face.state, self.size)?;
        if let Some(icon) = &self.icon {
            for (choice, item) in &self.items {
                let entry = choice.entry(face);
                item.set_text(entry.label);
                item.set_enabled(entry.is_enabled);
            }
            icon.set_icon(Some(picture))?;
        } else {
            let (menu, items) = menu(face);
            let icon = TrayIconBuilder::new()
                .with_id("karamail")
                .with_tooltip(face.tooltip())
                .with_icon(picture)
                .with_menu(Box::new(menu))
                .with_menu_on_left_click(false)
                .build()?;
            self.icon = Some(icon);
            self.items = items;
        }
        // Making an icon does not say whether it was taken; this does.
        match &self.icon {
            Some(icon) => icon.set_tooltip(Some(face.tooltip())),
            None => Ok(()),
        }
    }

    fn offer_again(&mut self) {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.refusals.min(16));
        self.refusals += 1;
        let wishes = self.wishes.clone();
        tokio::spawn(async move {
            tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
            wishes.put(Wish::Look);
        });
    }
}

fn menu(face: &Face) -> (Menu, Vec<(Choice, MenuItem)>) {
    let menu = Menu::new();
    let mut items = Vec::new();
    for (place, choice) in Choice::ALL.into_iter().enumerate() {
        let entry = choice.entry(face);
        let item = MenuItem::with_id(place.to_string(), entry.label, entry.is_enabled, None);
        if entry.begins_group {
            let _ = menu.append(&PredefinedMenuItem::separator());
        }
        let _ = menu.append(&item);
        items.push((choice, item));
    }
    (menu, items)
}

/// What the icon and its menu tell becomes wishes.
fn forward(wishes: &Wishes) {
    let menu = wishes.clone();
    MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
        let place = event.id.0.parse::<usize>().ok();
        if let Some(choice) = place.and_then(|place| Choice::ALL.get(place)) {
            menu.put(Wish::Chosen(*choice));
        }
    }));
    let icon = wishes.clone();
    TrayIconEvent::set_event_handler(Some(move |event| match event {
        TrayIconEvent::Click {
            button: MouseButton::Left,
            button_state: MouseButtonState::Up,
            ..
        } => icon.put(Wish::Chosen(Choice::Status)),
        // Somebody points at it: the screen's scale may be another one by now.
        TrayIconEvent::Enter { .. } => icon.put(Wish::Look),
        _ => {}
    }));
}

fn picture(state: State, size: u32) -> Result<Icon, tray_icon::Error> {
    let size = size.clamp(16, 256);
    Icon::from_rgba(icon::draw(state, size), size, size)
        .map_err(|error| tray_icon::Error::OsError(std::io::Error::other(error)))
}
