//! What is remembered of the window: its size and place, how large its text is, and whether it was told what closing means. A small
//! file in the data folder, written when the window closes. A file that cannot be read, or that says something impossible, is as none.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tao::dpi::{LogicalSize, PhysicalPosition, PhysicalSize};
use tao::monitor::MonitorHandle;
use tao::window::Window;

/// A first window: two columns of the settings side by side, and no more than a small notebook shows.
const FIRST: LogicalSize<f64> = LogicalSize::new(1000.0, 760.0);
/// The smallest that every screen is made for (logical pixels).
pub(crate) const SMALLEST: LogicalSize<f64> = LogicalSize::new(360.0, 400.0);
/// No screen is larger; a greater number is damage.
const LARGEST: f64 = 20_000.0;
/// How much of the window's head must be on some screen, so that it can be taken and moved (pixels).
const GRIP: (i32, i32) = (120, 24);
/// Steps of text size, as browsers have them.
const ZOOMS: [f64; 10] = [0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0];

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Remembered {
    place: Option<Place>,
    is_maximized: bool,
    zoom: Option<f64>,
    /// The person was told that the program goes on when the window is closed.
    pub(crate) is_told: bool,
}

/// Where a window was while it was neither maximised nor minimised. The size in logical pixels, so that it is as large on a screen
/// of another density; the position as the system counts over all screens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    x: i32,
    y: i32,
    width: f64,
    height: f64,
}

/// A part of the desktop, in the system's pixels.
#[derive(Clone, Copy, Debug)]
struct Screen {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    scale: f64,
}

/// How a window begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Beginning {
    pub(crate) size: LogicalSize<f64>,
    /// `None`: where the system likes.
    pub(crate) position: Option<PhysicalPosition<i32>>,
    pub(crate) is_maximized: bool,
}

impl Remembered {
    /// Reads the file.
    pub(crate) fn read(file: &Path) -> Remembered {
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut read: Remembered = serde_json::from_str(&text).unwrap_or_default();
        read.place = read.place.filter(Place::is_possible);
        read.zoom = read.zoom.filter(|zoom| ZOOMS.contains(zoom));
        read
    }

    /// Writes it whole: a crash in between leaves the one before.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(io::Error::other)?;
        let mut name = file.as_os_str().to_owned();
        name.push(".new");
        let new = PathBuf::from(name);
        let mut opened = fs::File::create(&new)?;
        opened.write_all(text.as_bytes())?;
        drop(opened);
        fs::rename(&new, file)
    }

    /// How the window begins on the screens that are there.
    pub(crate) fn beginning(&self, monitors: impl Iterator<Item = MonitorHandle>) -> Beginning {
        self.on(&monitors.map(|monitor| Screen::of(&monitor)).collect::<Vec<_>>())
    }

    fn on(&self, screens: &[Screen]) -> Beginning {
        let wished = self
            .place
            .map_or(FIRST, |place| LogicalSize::new(place.width, place.height));
        let there = self.place.and_then(|place| {
            let has_grip = |screen: &&Screen| place.has_grip_on(screen);
            screens.iter().find(has_grip).map(|screen| (place, *screen))
        });
        let screen = there
            .map(|(_, screen)| screen)
            .or_else(|| screens.first().copied());
        let room = screen.map_or(wished, |screen| screen.room());
        let fits = |wished: f64, room: f64, least: f64| wished.min(room).max(least);
        Beginning {
            size: LogicalSize::new(
                fits(wished.width, room.width, SMALLEST.width),
                fits(wished.height, room.height, SMALLEST.height),
            ),
            position: there.map(|(place, _)| PhysicalPosition::new(place.x, place.y)),
            is_maximized: self.is_maximized,
        }
    }

    /// Notes where the window is.
    pub(crate) fn note(&mut self, seen: &Seen, is_maximized: bool) {
        self.is_maximized = is_maximized;
        if let Some(place) = seen.place(is_maximized) {
            self.place = Some(place);
        }
    }

    /// The size of the text; 1 is as the pages are made.
    pub(crate) fn zoom(&self) -> f64 {
        self.zoom.unwrap_or(1.0)
    }

    /// One step larger or smaller, or back to 1.
    pub(crate) fn step(&mut self, step: Step) {
        let now = self.zoom();
        let next = match step {
            Step::In => ZOOMS.into_iter().find(|zoom| *zoom > now),
            Step::Out => ZOOMS.into_iter().rev().find(|zoom| *zoom < now),
            Step::Reset => None,
        };
        self.zoom = match step {
            Step::Reset => None,
            _ => Some(next.unwrap_or(now)),
        };
    }
}

/// A step of the text's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    In,
    Out,
    Reset,
}

/// Where the window was seen last, while it is open. The moment at which it is maximised tells its new size first and that it is
/// maximised after; so the place before the last one is kept too.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    last: Option<Place>,
    before: Option<Place>,
    maximized: Option<LogicalSize<f64>>,
}

impl Seen {
    /// Looks where the window is now.
    pub(crate) fn look(&mut self, window: &Window) {
        let size: LogicalSize<f64> = window.inner_size().to_logical(window.scale_factor());
        if window.is_maximized() {
            self.maximized = Some(size);
        }
        if window.is_maximized() || window.is_minimized() || window.fullscreen().is_some() {
            return;
        }
        let Ok(position) = window.outer_position() else {
            return;
        };
        let place = Place {
            x: position.x,
            y: position.y,
            width: size.width,
            height: size.height,
        };
        if place.is_possible() && self.last != Some(place) {
            self.before = self.last.replace(place);
        }
    }

    fn place(&self, is_maximized: bool) -> Option<Place> {
        let last = self.last?;
        let is_the_maximized = self.maximized == Some(LogicalSize::new(last.width, last.height));
        if is_maximized && is_the_maximized {
            self.before
        } else {
            self.last
        }
    }
}

impl Place {
    fn is_possible(&self) -> bool {
        let is_size = |size: f64, least: f64| size.is_finite() && size >= least / 2.0 && size <= LARGEST;
        // Windows puts minimised windows at -32000.
        let is_place = |place: i32| place.unsigned_abs() < 30_000;
        is_size(self.width, SMALLEST.width)
            && is_size(self.height, SMALLEST.height)
            && is_place(self.x)
            && is_place(self.y)
    }

    /// Whether the window's head can be taken on this screen.
    fn has_grip_on(&self, screen: &Screen) -> bool {
        let width = (self.width * screen.scale) as i32;
        let shown = |from: i32, length: i32, least: i32, at: i32, room: i32| {
            (from + length).min(at + room) - from.max(at) >= least
        };
        // The head is above the screen's foot and not above its top.
        let is_head_in = self.y >= screen.y - GRIP.1 / 2 && self.y + GRIP.1 <= screen.y + screen.height;
        is_head_in && shown(self.x, width, GRIP.0.min(width), screen.x, screen.width)
    }
}

impl Screen {
    fn of(monitor: &MonitorHandle) -> Screen {
        let (position, size): (PhysicalPosition<i32>, PhysicalSize<u32>) =
            (monitor.position(), monitor.size());
        Screen {
            x: position.x,
            y: position.y,
            width: size.width.try_into().unwrap_or(i32::MAX / 2),
            height: size.height.try_into().unwrap_or(i32::MAX / 2),
            scale: monitor.scale_factor().max(0.1),
        }
    }

    /// The largest window that fits it with its frame and the task bar, logical pixels.
    fn room(&self) -> LogicalSize<f64> {
        LogicalSize::new(
            f64::from(self.width) / self.scale,
            f64::from(self.height) / self.scale - 80.0,
        )
    }
}

#[cfg(test)]
mod tests;
