//! `karamail-window`: a window with the screens of a tray program that runs. Started by it, and gone when it is closed.
//!
//! Reading order: `window` (the window and its webview), `protocol` (a request of the webview becomes one over the link),
//! `remembered` (size and place).

#![cfg_attr(windows, windows_subsystem = "windows")]

mod protocol;
mod remembered;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use clap::Parser;
use karamail_tray::link::{self, Address};
use tao::event::{Event, WindowEvent};
use tao::event_loop::{ControlFlow, EventLoop, EventLoopBuilder, EventLoopProxy};
use tokio::time::Instant;

use remembered::Step;
use window::Screens;

/// There is no webview on this machine: the tray program shows the screens in a browser.
const NO_WEBVIEW: u8 = 3;
/// A webview whose process ends twice within this shows nothing that lasts.
const SOON: Duration = Duration::from_secs(60);
/// Tests drive the window through WebKitGTK's own automation, where this is set (decision 0115).
const AUTOMATION: &str = "KARAMAIL_WINDOW_AUTOMATION";

/// A window with Karamail's screens. The tray program starts it.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where the tray program listens.
    #[arg(long)]
    link: String,
    /// The folder where the window remembers its place.
    #[arg(long)]
    data_dir: PathBuf,
    /// The window's title.
    #[arg(long, default_value = "Karamail")]
    title: String,
}

/// What the window is asked for.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Show a page and come to the front.
    Show(String),
    /// Open an address in the person's browser.
    OpenOutside(String),
    /// A page has come, from this address.
    Loaded(String),
    /// The webview's process ended. WebView2 starts it again by itself.
    #[cfg_attr(windows, expect(dead_code, reason = "nobody tells it there"))]
    Interrupted,
    /// A page's button for what × does.
    AskToClose,
    /// The page asks the person whether to close.
    Answered,
    /// The person was told what closing means.
    Told,
    /// Close now.
    Close,
    /// Print the page.
    Print,
    /// Larger or smaller text.
    Zoom(Step),
    /// The tray program has ended.
    Ended,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return ExitCode::FAILURE;
    };
    let address = Address::from_text(&arguments.link);
    let event_loop: EventLoop<Wish> = EventLoopBuilder::with_user_event().build();
    let proxy = event_loop.create_proxy();
    runtime.spawn(follow(address.clone(), proxy.clone()));
    let mut screens: Option<Screens> = None;
    let mut interrupted: Option<Instant> = None;
    event_loop.run(move |event, target, flow| {
        // Nothing is due by itself.
        *flow = ControlFlow::Wait;
        let wish = match event {
            Event::UserEvent(wish) => wish,
            Event::WindowEvent { event, .. } => match (event, &mut screens) {
                (WindowEvent::CloseRequested, _) => Wish::AskToClose,
                (WindowEvent::Moved(_) | WindowEvent::Resized(_), Some(screens)) => return screens.moved(),
                _ => return,
            },
            _ => return,
        };
        match (wish, &mut screens) {
            (Wish::Show(path), None) => {
                match Screens::open(target, &proxy, runtime.handle(), &address, &path, &arguments) {
                    Ok(opened) => screens = Some(opened),
                    Err(error) => {
                        eprintln!("karamail-window: {error}");
                        *flow = ControlFlow::ExitWithCode(NO_WEBVIEW.into());
                    }
                }
            }
            (Wish::Interrupted, Some(open)) => {
                let now = Instant::now();
                let is_again = interrupted.replace(now).is_some_and(|before| now - before < SOON);
                if is_again {
                    screens = None;
                    *flow = ControlFlow::ExitWithCode(NO_WEBVIEW.into());
                } else {
                    open.interrupted();
                }
            }
            (wish, open) => {
                if !obey(wish, open.as_mut()) {
                    if let Some(open) = open {
                        open.remember();
                    }
                    screens = None;
                    *flow = ControlFlow::Exit;
                }
            }
        }
    })
}

/// Does what an open window is asked for; whether it stays open.
fn obey(wish: Wish, screens: Option<&mut Screens>) -> bool {
    let Some(screens) = screens else {
        return !matches!(wish, Wish::Ended | Wish::AskToClose | Wish::Close);
    };
    match wish {
        Wish::Show(path) => screens.show(&path),
        Wish::OpenOutside(address) => window::open_outside(&address),
        Wish::Loaded(address) => screens.loaded(address),
        Wish::Answered => screens.answered(),
        Wish::Told => screens.told(),
        Wish::Print => screens.print(),
        Wish::Zoom(step) => screens.zoom(step),
        Wish::AskToClose => return !screens.may_close(),
        Wish::Close | Wish::Ended => return false,
        // Its own branch has it.
        Wish::Interrupted => {}
    }
    true
}

/// Whether tests may drive the window. On a person's desktop nothing sets this, and who could set it there could as well type.
pub(crate) fn is_automation_allowed() -> bool {
    std::env::var_os(AUTOMATION).is_some()
}

/// Asks the tray program which page to show, again and again, until it has ended.
async fn follow(address: Address, proxy: EventLoopProxy<Wish>) {
    let mut seen = 0;
    loop {
        let request = Request::get(format!("/desk/page?seen={seen}")).body(Body::empty());
        let Ok(request) = request else { return };
        let answer = link::ask(&address, request).await;
        let text = answer
            .ok()
            .and_then(|answer| String::from_utf8(answer.into_body()).ok());
        let wished = text.as_deref().and_then(|text| text.split_once(' '));
        let Some((count, path)) = wished else {
            let _ = proxy.send_event(Wish::Ended);
            return;
        };
        seen = count.parse().unwrap_or(seen + 1);
        if proxy.send_event(Wish::Show(path.to_owned())).is_err() {
            return;
        }
    }
}
