//! The icon in the tray and its menu.

use karamail_core::words::Language;
use karamail_core::words::tray as words;
use tray_icon::menu::{Menu, MenuItem, PredefinedMenuItem};
use tray_icon::{Icon, TrayIcon, TrayIconBuilder};

use karamail_tray::face::{Face, State};
use karamail_tray::icon;

/// Drawn larger than any task bar asks for; the system makes it smaller.
const SIZE: u32 = 64;

/// What can be chosen in the menu, by the names of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Status,
    CheckNow,
    StartOrStop,
    Settings,
    Results,
    Log,
    Kit,
    End,
}

impl Choice {
    /// In the order of the menu.
    const ALL: [Choice; 8] = [
        Choice::Status,
        Choice::CheckNow,
        Choice::StartOrStop,
        Choice::Settings,
        Choice::Results,
        Choice::Log,
        Choice::Kit,
        Choice::End,
    ];

    const fn name(self) -> &'static str {
        match self {
            Choice::Status => "status",
            Choice::CheckNow => "check-now",
            Choice::StartOrStop => "start-or-stop",
            Choice::Settings => "settings",
            Choice::Results => "results",
            Choice::Log => "log",
            Choice::Kit => "kit",
            Choice::End => "end",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Choice> {
        Choice::ALL.into_iter().find(|choice| choice.name() == name)
    }

    fn label(self, language: Language, is_collecting: bool) -> String {
        match self {
            Choice::Status => words::status(language),
            Choice::CheckNow => words::check_now(language),
            Choice::StartOrStop if is_collecting => words::stop(language),
            Choice::StartOrStop => words::start(language),
            Choice::Settings => words::settings(language),
            Choice::Results => words::results(language),
            Choice::Log => words::log(language),
            Choice::Kit => words::kit(language),
            Choice::End => words::end(language),
        }
    }
}

/// The icon, as long as this lives.
pub(crate) struct Tray {
    icon: TrayIcon,
    items: Vec<(Choice, MenuItem)>,
    shown: Option<(Face, Language)>,
}

impl Tray {
    /// Puts the icon into the tray.
    ///
    /// # Errors
    /// There is no tray; the program works all the same.
    pub(crate) fn put(face: &Face, language: Language) -> Result<Tray, tray_icon::Error> {
        let menu = Menu::new();
        let mut items = Vec::new();
        for choice in Choice::ALL {
            let item = MenuItem::with_id(
                choice.name(),
                choice.label(language, face.is_collecting),
                true,
                None,
            );
            if matches!(choice, Choice::Settings | Choice::End) {
                let _ = menu.append(&PredefinedMenuItem::separator());
            }
            let _ = menu.append(&item);
            items.push((choice, item));
        }
        let icon = TrayIconBuilder::new()
            .with_id("karamail")
            .with_title("Karamail")
            .with_tooltip(&face.tooltip)
            .with_icon(picture(face.state)?)
            .with_menu(Box::new(menu))
            .with_menu_on_left_click(false)
            .build()?;
        Ok(Tray {
            icon,
            items,
            shown: Some((face.clone(), language)),
        })
    }

    /// Shows another face; the same one costs nothing.
    pub(crate) fn show(&mut self, face: &Face, language: Language) {
        let next = (face.clone(), language);
        if self.shown.as_ref() == Some(&next) {
            return;
        }
        let drawn = picture(face.state).and_then(|icon| self.icon.set_icon(Some(icon)));
        let told = drawn.and_then(|()| self.icon.set_tooltip(Some(&face.tooltip)));
        for (choice, item) in &self.items {
            item.set_text(choice.label(language, face.is_collecting));
        }
        // Explorer may be starting again: the icon comes back by itself with what it last took, and the next look mends that.
        self.shown = told.is_ok().then_some(next);
    }
}

fn picture(state: State) -> Result<Icon, tray_icon::Error> {
    Icon::from_rgba(icon::draw(state, SIZE), SIZE, SIZE).map_err(|error| {
        tracing::error!(%error, "the icon could not be made");
        tray_icon::Error::OsError(std::io::Error::other("no icon"))
    })
}
