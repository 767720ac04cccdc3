//! `karamail-window`: a window with the screens of a tray program that runs. Started by it, and gone when it is closed.
//!
//! Reading order: `window` (the window and its webview), `protocol` (a request of the webview becomes one over the link).

#![cfg_attr(windows, windows_subsystem = "windows")]

mod protocol;
mod window;

use std::process::ExitCode;

use axum::body::Body;
use axum::http::Request;
use clap::Parser;
use karamail_tray::link::{self, Address};
use tao::event::{Event, WindowEvent};
use tao::event_loop::{ControlFlow, EventLoop, EventLoopBuilder, EventLoopProxy};

use window::Screens;

/// There is no webview on this machine: the tray program shows the screens in a browser.
const NO_WEBVIEW: u8 = 3;

/// A window with Karamail's screens. The tray program starts it.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where the tray program listens.
    #[arg(long)]
    link: String,
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
    event_loop.run(move |event, target, flow| {
        // Nothing is due by itself.
        *flow = ControlFlow::Wait;
        match event {
            Event::UserEvent(Wish::Show(path)) => match &screens {
                Some(screens) => screens.show(&path),
                None => match Screens::open(
                    target,
                    &proxy,
                    runtime.handle(),
                    &address,
                    &path,
                    &arguments.title,
                ) {
                    Ok(opened) => screens = Some(opened),
                    Err(error) => {
                        eprintln!("karamail-window: {error}");
                        *flow = ControlFlow::ExitWithCode(NO_WEBVIEW.into());
                    }
                },
            },
            Event::UserEvent(Wish::OpenOutside(outside)) => {
                if let Err(error) = opener::open_browser(&outside) {
                    eprintln!("karamail-window: {error}");
                }
            }
            Event::UserEvent(Wish::Ended)
            | Event::WindowEvent {
                event: WindowEvent::CloseRequested,
                ..
            } => {
                screens = None;
                *flow = ControlFlow::Exit;
            }
            _ => {}
        }
    })
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
