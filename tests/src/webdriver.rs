//! WebKit's own driver (Debian's webkit2gtk-driver) at the program's window: it sees and does what a person does in the webview.
//!
//! The driver starts no browser: it joins the window that the tray program opened, which listens for it because the test said so in its
//! environment (decision 0115). A window that was opened again is joined again.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::PATIENCE;
use crate::quietly::quietly;
use crate::server::{Server, free_port};

/// Where Debian has it.
pub const DRIVER: &str = "/usr/bin/WebKitWebDriver";
/// The key of an element in WebDriver's JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A window that is driven.
#[derive(Debug)]
pub struct Driven {
    port: u16,
    session: String,
    _driver: Server,
}

/// An element of the page.
#[derive(Clone, Debug)]
pub struct Element(String);

impl Driven {
    /// Joins the window that listens at `target` on this machine.
    pub fn join(target: u16, log: &Path) -> Driven {
        let port = free_port();
        let arguments = [format!("--port={port}"), format!("--target=127.0.0.1:{target}")];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let driver = Server::start("WebKitWebDriver", DRIVER, &arguments, log);
        driver.ready(&[port]);
        let mut driven = Driven {
            port,
            session: String::new(),
            _driver: driver,
        };
        let begin = Instant::now();
        // The window may not listen yet.
        let session = loop {
            let answer = driven.request("POST", "/session", &json!({"capabilities": {"alwaysMatch": {}}}));
            match answer.get("sessionId").and_then(Value::as_str) {
                Some(session) => break session.to_owned(),
                None => assert!(begin.elapsed() < PATIENCE, "no session: {answer}"),
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        driven.session = session;
        driven
    }

    /// Where the window is.
    pub fn url(&self) -> String {
        text(&self.get("url"))
    }

    /// Goes to a page of ours.
    pub fn go(&self, path: &str) {
        self.post("url", &json!({ "url": format!("karamail://localhost{path}") }));
    }

    /// The element, as soon as there is one.
    #[track_caller]
    pub fn find(&self, selector: &str) -> Element {
        let begin = Instant::now();
        loop {
            if let Some(element) = self.look(selector) {
                return element;
            }
            assert!(
                begin.elapsed() < PATIENCE,
                "no {selector} at {}:\n{}",
                self.url(),
                self.text("body")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The element if it is there now.
    pub fn look(&self, selector: &str) -> Option<Element> {
        let wanted = json!({"using": "css selector", "value": selector});
        let answer = self.raw("POST", "element", &wanted);
        let id = answer.get(ELEMENT).and_then(Value::as_str);
        id.map(|id| Element(id.to_owned()))
    }

    /// The text of an element, as it is seen.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        let element = self.look(selector);
        let element = element.unwrap_or_else(|| panic!("no {selector}"));
        text(&self.get(&format!("element/{}/text", element.0)))
    }

    /// Waits until an element shows this text.
    #[track_caller]
    pub fn wait_for(&self, selector: &str, wanted: &str) {
        let begin = Instant::now();
        loop {
            let shown = self.look(selector).map(|element| {
                let answer = self.raw("GET", &format!("element/{}/text", element.0), &Value::Null);
                text(&answer)
            });
            if shown.as_deref().is_some_and(|shown| shown.contains(wanted)) {
                return;
            }
            assert!(
                begin.elapsed() < PATIENCE,
                "no {wanted:?} in {selector} at {}: {shown:?}",
                self.url()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the window is at an address that ends so.
    #[track_caller]
    pub fn wait_at(&self, end: &str) {
        let begin = Instant::now();
        while !self.url().ends_with(end) {
            assert!(
                begin.elapsed() < PATIENCE,
                "never at {end}, but at {}",
                self.url()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks, as a person does.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.post(&format!("element/{}/click", element.0), &json!({}));
    }

    /// Clicks what closes the window: the driver may be gone before it answers.
    #[track_caller]
    pub fn click_to_close(&self, selector: &str) {
        let element = self.find(selector);
        self.raw("POST", &format!("element/{}/click", element.0), &json!({}));
    }

    /// Empties a field and types into it.
    #[track_caller]
    pub fn fill(&self, selector: &str, typed: &str) {
        let element = self.find(selector);
        self.post(&format!("element/{}/clear", element.0), &json!({}));
        self.post(&format!("element/{}/value", element.0), &json!({ "text": typed }));
    }

    /// Presses keys, one after another, the ones before held; WebDriver's code points for those without a letter.
    pub fn press(&self, keys: &[&str]) {
        let down = keys.iter().map(|key| json!({"type": "keyDown", "value": key}));
        let up = keys
            .iter()
            .rev()
            .map(|key| json!({"type": "keyUp", "value": key}));
        let actions: Vec<Value> = down.chain(up).collect();
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        self.post("actions", &actions);
    }

    /// Runs a script in the page; what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.post("execute/sync", &json!({"script": script, "args": []}))
    }

    /// Waits until what the page has become is drawn.
    pub fn wait_until_drawn(&self) {
        let script = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(1), 100)));";
        self.post("execute/async", &json!({"script": script, "args": []}));
    }

    fn get(&self, path: &str) -> Value {
        good(self.raw("GET", path, &Value::Null))
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Value {
        good(self.raw("POST", path, body))
    }

    fn raw(&self, method: &str, path: &str, body: &Value) -> Value {
        self.request(method, &format!("/session/{}/{path}", self.session), body)
    }

    /// The `value` of the driver's answer.
    fn request(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("the driver listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("the driver reads");
        stream.write_all(body.as_bytes()).expect("the driver reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the driver answers");
        let answer = String::from_utf8_lossy(&answer);
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let value: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{method} {path}: {answer}"));
        value.get("value").cloned().unwrap_or_default()
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        // Leaves the window alone: a session that joined ends without closing it.
        let session = format!("/session/{}", self.session);
        if quietly(|| self.request("DELETE", &session, &Value::Null)).is_none() {
            eprintln!("the window was gone before its driver");
        }
    }
}

#[track_caller]
fn good(value: Value) -> Value {
    assert!(value.get("error").is_none(), "{value}");
    value
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
