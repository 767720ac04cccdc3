//! Karamail on the desktop, in two programs:
//!
//! - `karamail-tray` (`main`, `daemon/`): the engine and its screens, the tray icon, autostart, messages. It holds no webview and, on
//!   Linux, no toolkit, so it is small at rest; it is there as long as the shop is open.
//! - `karamail-window` (`bin/karamail-window`): a window with a webview, there only while somebody looks. It asks the tray program over a
//!   local socket ([`link`]); a webview that crashes costs a window and no customer.
//!
//! Shared by both: [`link`], [`outside`] (addresses that are not ours), [`face`] (what the icon says) and [`icon`] (how it looks).
//!
//! Invariant: no TCP port. The socket belongs to the user alone.
//! Invariant: all that depends on the operating system is in this crate.

pub mod face;
pub mod icon;
pub mod link;
pub mod outside;
