//! A browser without a window, steered by WebDriver (W3C).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Process, Site, until};

/// The longest that the driver takes for an answer.
const ANSWER_MAX: Duration = Duration::from_mins(1);
/// The key of a reference to an element, given by the standard.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser without a window.
pub(crate) struct Browser {
    _driver: Process,
    port: u16,
    session: String,
}

impl Browser {
    /// Starts chromedriver and a browser of that size.
    pub(crate) fn start(site: &Site, port: u16, (width, height): (u32, u32)) -> Self {
        let driver = Process::start("chromedriver", &site.file("chromedriver.log"), |command| {
            command.arg(format!("--port={port}"));
        });
        until("chromedriver", ANSWER_MAX, || {
            TcpStream::connect(("127.0.0.1", port)).ok().map(drop)
        });
        let profile = site.file("browser");
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--hide-scrollbars".to_owned(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.display()),
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments},
        }}});
        let mut browser = Self {
            _driver: driver,
            port,
            session: String::new(),
        };
        let begun = browser.ask("POST", "/session", &wanted);
        let session = begun["sessionId"].as_str().expect("a session has a number");
        session.clone_into(&mut browser.session);
        browser
    }

    pub(crate) fn open(&self, url: &str) {
        self.command("POST", "url", &json!({"url": url}));
    }

    /// The value of an expression of the page.
    pub(crate) fn value(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        self.command(
            "POST",
            "execute/sync",
            &json!({"script": script, "args": []}),
        )
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub(crate) fn wait_for(&self, expression: &str) {
        until(expression, ANSWER_MAX, || {
            (self.value(expression) == Value::Bool(true)).then_some(())
        });
    }

    /// Clicks an element as a person does: it must be there and in sight.
    pub(crate) fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.command("POST", &format!("element/{element}/click"), &json!({}));
    }

    /// Types in place of what stands there.
    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        let element = self.find(selector);
        self.command("POST", &format!("element/{element}/clear"), &json!({}));
        self.command(
            "POST",
            &format!("element/{element}/value"),
            &json!({"text": text}),
        );
    }

    /// What the window shows, as PNG.
    pub(crate) fn screenshot(&self, path: &Path) {
        let picture = self.command("GET", "screenshot", &Value::Null);
        let picture = STANDARD.decode(picture.as_str().unwrap()).unwrap();
        std::fs::write(path, picture).unwrap();
    }

    fn find(&self, selector: &str) -> String {
        let by = json!({"using": "css selector", "value": selector});
        let found = self.command("POST", "element", &by);
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn command(&self, method: &str, what: &str, body: &Value) -> Value {
        self.ask(method, &format!("/session/{}/{what}", self.session), body)
    }

    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(ANSWER_MAX)).unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let (head, body) = read_answer(&mut BufReader::new(stream));
        let answer: Value =
            serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{path}: {error}: {head}"));
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        answer["value"].clone()
    }
}

/// Head and body: the driver keeps connections open.
fn read_answer(stream: &mut impl BufRead) -> (String, Vec<u8>) {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let count = stream.read_line(&mut head).unwrap();
        assert!(count > 0, "the driver said only: {head}");
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().ok()).flatten()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).unwrap();
    (head, body)
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver's group is killed after it; the session is closed so that nothing is left of it.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let session = &self.session;
            let request = format!("DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            let _ = stream.set_read_timeout(Some(ANSWER_MAX));
            let _ = stream.write_all(request.as_bytes());
            // The answer comes when the browser has ended.
            let _ = stream.read(&mut [0]);
        }
    }
}
