//! Who shows icons on a desktop: a StatusNotifierWatcher and host as KDE and GNOME's extension have it, played by the test over a real
//! D-Bus. What it sees is what a panel would show; what it does is what a click there does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use zbus::blocking::{Connection, Proxy, connection};
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedValue, Structure, Value};

use super::bus::Bus;
use crate::quietly::quietly;
use crate::{PATIENCE, wait_until};

/// Pictures as they come: width, height, and pixels as ARGB in the network's order.
pub type Pictures = Vec<(i32, i32, Vec<u8>)>;

/// The watcher and host; gone when dropped, as a panel that was ended.
pub struct Host {
    connection: Connection,
    items: Arc<Mutex<Vec<String>>>,
}

struct Watcher(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(service.to_owned());
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// An icon as its host sees it.
pub struct Item {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

/// An entry of its menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    id: i32,
    /// What stands there; empty for a line between entries.
    pub label: String,
    /// Whether it can be chosen.
    pub is_enabled: bool,
}

/// What is said to whoever points at an icon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolTip {
    /// The first line.
    pub title: String,
    /// The others.
    pub text: String,
}

impl Host {
    /// Takes the watcher's place on the bus.
    pub fn start(bus: &Bus) -> Host {
        let items = Arc::default();
        let connection = connection::Builder::address(bus.address().as_str())
            .and_then(|builder| builder.serve_at("/StatusNotifierWatcher", Watcher(Arc::clone(&items))))
            .and_then(|builder| builder.name("org.kde.StatusNotifierWatcher"))
            .and_then(connection::Builder::build)
            .expect("the bus takes us");
        Host { connection, items }
    }

    /// How often icons were offered.
    pub fn offers(&self) -> usize {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The icon that was offered last and is still there, as soon as there is one.
    pub fn item(&self) -> Item {
        let mut name = String::new();
        wait_until("an icon is offered", PATIENCE, || {
            let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
            name = items.last().cloned().unwrap_or_default();
            !name.is_empty() && self.has_owner(&name)
        });
        let proxy = |path: &'static str, interface: &'static str| {
            zbus::blocking::proxy::Builder::new(&self.connection)
                .destination(name.clone())
                .and_then(|builder| builder.path(path))
                .and_then(|builder| builder.interface(interface))
                .expect("names as they should be")
                .cache_properties(CacheProperties::No)
                .build()
                .expect("the bus is there")
        };
        Item {
            item: proxy("/StatusNotifierItem", "org.kde.StatusNotifierItem"),
            menu: proxy("/MenuBar", "com.canonical.dbusmenu"),
        }
    }

    /// Whether the program that offered the icon is still on the bus.
    pub fn has(&self, item: &Item) -> bool {
        self.has_owner(item.item.destination())
    }

    fn has_owner(&self, name: &str) -> bool {
        let asked = self.connection.call_method(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            Some("org.freedesktop.DBus"),
            "NameHasOwner",
            &name.to_owned(),
        );
        asked
            .and_then(|answer| answer.body().deserialize())
            .expect("the bus answers")
    }

    /// Leaves the bus, as a panel that is ended.
    pub fn end(self) {
        self.connection.close().expect("the bus is there");
    }
}

impl Item {
    /// A text of the icon: `Id`, `Title`, `Category`, `Status`.
    pub fn text(&self, name: &str) -> String {
        self.item.get_property(name).expect("a text")
    }

    /// The icon in the sizes that are offered.
    pub fn pictures(&self) -> Pictures {
        self.item.get_property("IconPixmap").expect("pictures")
    }

    /// What is said to whoever points at it.
    pub fn tooltip(&self) -> ToolTip {
        let (_, _, title, text): (String, Pictures, String, String) =
            self.item.get_property("ToolTip").expect("a tooltip");
        ToolTip { title, text }
    }

    /// Waits until the tooltip's first line is this.
    #[track_caller]
    pub fn wait_for(&self, title: &str) {
        let mut last = self.tooltip();
        let seen = quietly(|| {
            wait_until(title, PATIENCE, || {
                last = self.tooltip();
                last.title == title
            });
        });
        assert!(seen.is_some(), "the icon says {last:?}, and not {title:?}");
    }

    /// Left click.
    pub fn click(&self) {
        self.item
            .call::<_, _, ()>("Activate", &(0_i32, 0_i32))
            .expect("the program answers");
    }

    /// The entries of the menu, lines between them left out.
    pub fn menu(&self) -> Vec<Entry> {
        type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));
        let wanted: Vec<String> = Vec::new();
        let (_, (_, _, children)): Layout = self
            .menu
            .call("GetLayout", &(0_i32, -1_i32, wanted))
            .expect("the program answers");
        let entries = children.into_iter().map(entry);
        entries.filter(|entry| !entry.label.is_empty()).collect()
    }

    /// What stands in the menu.
    pub fn labels(&self) -> Vec<String> {
        self.menu().into_iter().map(|entry| entry.label).collect()
    }

    /// Chooses the entry, whether it is enabled or not.
    #[track_caller]
    pub fn choose(&self, label: &str) {
        let menu = self.menu();
        let entry = menu.iter().find(|entry| entry.label == label);
        let entry = entry.unwrap_or_else(|| panic!("no {label:?} in {menu:?}"));
        self.menu
            .call::<_, _, ()>("Event", &(entry.id, "clicked", Value::from(0_i32), 0_u32))
            .expect("the program answers");
    }
}

fn entry(value: OwnedValue) -> Entry {
    let fields = Structure::try_from(value).expect("an entry").into_fields();
    let mut fields = fields.into_iter();
    let mut next = || fields.next().expect("three fields");
    let id = i32::try_from(next()).expect("a number");
    let properties: HashMap<String, OwnedValue> = HashMap::try_from(match next() {
        Value::Dict(properties) => properties,
        other => panic!("no properties: {other:?}"),
    })
    .expect("properties");
    let has = |name: &str| properties.get(name).cloned();
    let label = has("label").and_then(|label| String::try_from(label).ok());
    let is_enabled = has("enabled").and_then(|enabled| bool::try_from(enabled).ok());
    Entry {
        id,
        label: label.unwrap_or_default(),
        is_enabled: is_enabled.unwrap_or(true),
    }
}
