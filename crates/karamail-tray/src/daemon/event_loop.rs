//! The main thread: it waits for wishes, and for nothing else. On Linux a channel is enough (the icon speaks D-Bus by itself); Windows and
//! macOS want the system's own loop for a tray icon.

use std::sync::Arc;

use super::desk::{Desk, Wish};

/// Where wishes are put.
#[derive(Clone)]
pub(crate) struct Wishes(Arc<dyn Fn(Wish) + Send + Sync>);

impl Wishes {
    /// Puts a wish into the queue; a loop that has ended takes none.
    pub(crate) fn put(&self, wish: Wish) {
        (self.0)(wish);
    }
}

/// Makes the loop's queue, then the desk over it, and runs until [`Wish::Ended`].
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn run(desk: impl FnOnce(Wishes) -> Desk) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut desk = desk(Wishes(Arc::new(move |wish| {
        let _ = sender.send(wish);
    })));
    desk.begin();
    while let Ok(wish) = receiver.recv() {
        if matches!(wish, Wish::Ended) {
            return;
        }
        desk.obey(wish);
    }
}

/// Makes the loop's queue, then the desk over it, and runs until [`Wish::Ended`].
#[cfg(any(windows, target_os = "macos"))]
pub(crate) fn run(desk: impl FnOnce(Wishes) -> Desk) {
    use tao::event::{Event, StartCause};
    use tao::event_loop::{ControlFlow, EventLoop, EventLoopBuilder};
    use tao::platform::run_return::EventLoopExtRunReturn;

    let mut event_loop: EventLoop<Wish> = EventLoopBuilder::with_user_event().build();
    #[cfg(target_os = "macos")]
    {
        use tao::platform::macos::{ActivationPolicy, EventLoopExtMacOS};
        // tao would put the program into the Dock, whatever Info.plist says. Its icon is in the menu bar.
        event_loop.set_activation_policy(ActivationPolicy::Accessory);
    }
    let proxy = event_loop.create_proxy();
    let mut desk = desk(Wishes(Arc::new({
        let proxy = std::sync::Mutex::new(proxy);
        move |wish| {
            if let Ok(proxy) = proxy.lock() {
                let _ = proxy.send_event(wish);
            }
        }
    })));
    event_loop.run_return(move |event, target, flow| {
        // Nothing is due by itself.
        *flow = ControlFlow::Wait;
        if let Some(screen) = target.primary_monitor() {
            desk.scaled(screen.scale_factor());
        }
        match event {
            Event::NewEvents(StartCause::Init) => desk.begin(),
            Event::UserEvent(Wish::Ended) => *flow = ControlFlow::Exit,
            Event::UserEvent(wish) => desk.obey(wish),
            // Comes at WM_ENDSESSION too; the process ends as soon as this returns.
            Event::LoopDestroyed => desk.session_ends(),
            _ => {}
        }
    });
}
