//! `gannet seagull` with the scenarios of this test, as a process.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::failing::tell_if_failing;
use super::gate::Site;
use super::ports::Ports;
use super::process::{Finished, Process, read_lossy, tail};
use super::sipp::Transport;
use super::until::until;

/// A run of `gannet seagull` to be started.
#[derive(Debug)]
pub(crate) struct Seagull<'a> {
    site: &'a Site,
    scenario: &'static str,
    transport: Transport,
    port: u16,
    dest: Option<u16>,
    calls: u32,
    rate: u32,
    params: String,
    options: Vec<String>,
    /// What is replaced in the scenario.
    edits: Vec<(&'static str, &'static str)>,
}

/// A run that goes on.
#[derive(Debug)]
pub(crate) struct RunningSeagull {
    process: Process,
    log: PathBuf,
    port: u16,
}

/// How long a run may take, its calls and its end.
const RUN_LIMIT: Duration = Duration::from_mins(1);
const START_LIMIT: Duration = Duration::from_secs(10);
const LOG_LINES: usize = 60;

impl<'a> Seagull<'a> {
    /// The scenario of that name, waiting for calls on a port of its own.
    pub(crate) fn server(site: &'a Site, transport: Transport, scenario: &'static str) -> Self {
        Self {
            site,
            scenario,
            transport,
            port: Ports::free().nth(0),
            dest: None,
            calls: 1,
            rate: 100,
            params: String::new(),
            options: Vec::new(),
            edits: Vec::new(),
        }
    }

    /// The scenario of that name, calling `target`, an address-of-record or contact, at a port of
    /// 127.0.0.1.
    pub(crate) fn client(
        site: &'a Site,
        transport: Transport,
        scenario: &'static str,
        (target, dest): (&str, u16),
    ) -> Self {
        let mut client = Self::server(site, transport, scenario);
        client.dest = Some(dest);
        client.config("target", target)
    }

    /// So many calls.
    pub(crate) fn calls(mut self, calls: u32) -> Self {
        self.calls = calls;
        self
    }

    /// So many calls a second.
    pub(crate) fn rate(mut self, rate: u32) -> Self {
        self.rate = rate;
        self
    }

    /// With more words on the command line.
    pub(crate) fn with(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(ToString::to_string));
        self
    }

    /// With another text in place of one in the scenario.
    pub(crate) fn replacing(mut self, old: &'static str, new: &'static str) -> Self {
        self.edits.push((old, new));
        self
    }

    /// With a value for `$(name)`.
    pub(crate) fn config(mut self, name: &str, value: &str) -> Self {
        self.params += &define("config-param", name, value);
        self
    }

    /// With external data of one line.
    pub(crate) fn data(mut self, values: &[&str]) -> Self {
        let line = |value: &dyn Fn(&str) -> String| -> String {
            values.iter().map(|text| value(text)).collect()
        };
        let types = line(&|_| "\"string\";".to_owned());
        let data = line(&|text| format!("\"{text}\";"));
        let name = format!("data-{}.csv", self.port);
        let path = self.site.write(&name, &format!("{types}\n{data}\n"));
        self.params += &define(
            "traffic-param",
            "external-data-file",
            &path.to_string_lossy(),
        );
        self
    }

    /// Its SIP port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Starts it; a server listens when this returns.
    pub(crate) fn start(self) -> RunningSeagull {
        let port = self.port;
        let conf = self
            .site
            .write(&format!("seagull-{port}.xml"), &self.configuration());
        let scenario = self.edited_scenario();
        let log = self.site.file(&format!("seagull-{port}.log"));
        let console = self.site.file(&format!("seagull-{port}.console"));
        let process = Process::start(env!("CARGO_BIN_EXE_gannet"), &console, |command| {
            command.arg("seagull").arg("-conf").arg(conf);
            command.arg("-dico").arg(scenario_file("dictionary"));
            command.arg("-scen").arg(&scenario);
            command.arg("-log").arg(&log).args(["-llevel", "EWT"]);
            command.args(&self.options);
            command.current_dir(self.site.file("."));
        });
        let running = RunningSeagull { process, log, port };
        if self.dest.is_none() {
            until("gannet seagull to listen", START_LIMIT, || {
                let taken = std::net::UdpSocket::bind(("127.0.0.1", port)).is_err()
                    || std::net::TcpListener::bind(("127.0.0.1", port)).is_err();
                taken.then_some(())
            });
        }
        running
    }

    fn edited_scenario(&self) -> PathBuf {
        let file = scenario_file(self.scenario);
        let mut text = read_lossy(&file);
        for (old, new) in &self.edits {
            assert!(text.contains(old), "{} has no {old}", file.display());
            text = text.replace(old, new);
        }
        self.site
            .write(&format!("scenario-{}.xml", self.port), &text)
    }

    fn configuration(&self) -> String {
        let Self {
            transport, port, ..
        } = self;
        let mode = match self.dest {
            None => format!("mode=server;source=127.0.0.1:{port}"),
            Some(dest) => format!("mode=client;source=127.0.0.1:{port};dest=127.0.0.1:{dest}"),
        };
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<configuration name=\"interop\">\n\
             <define entity=\"transport\" name=\"socket\" file=\"libtrans_ip.so\"\n  \
             create_function=\"create_cipio_instance\" delete_function=\"delete_cipio_instance\"\n  \
             init-args=\"type={}\"></define>\n\
             <define entity=\"channel\" name=\"sip\" protocol=\"sip\" transport=\"socket\"\n  \
             open-args=\"{mode}\"></define>\n",
            transport.word()
        );
        for (name, value) in [
            ("call-rate", self.rate.to_string()),
            ("number-calls", self.calls.to_string()),
            ("call-timeout-ms", "15000".to_owned()),
        ] {
            text += &define("traffic-param", name, &value);
        }
        text += &self.params;
        text += &define("config-param", "port", &port.to_string());
        text += &define(
            "config-param",
            "transport",
            &transport.word().to_uppercase(),
        );
        text + "</configuration>\n"
    }
}

impl RunningSeagull {
    /// Its SIP port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for its end: all calls have passed, the exit code is 0.
    pub(crate) fn assert_all_passed(mut self, calls: u32) {
        let Finished { code, output } = self.process.wait(RUN_LIMIT);
        let log = self.log();
        assert_eq!(code, Some(0), "{output}{log}");
        let passed = format!("{calls} successful, 0 failed");
        assert!(output.contains(&passed), "no \"{passed}\":\n{output}{log}");
    }

    /// Waits for its end: a call has failed, the exit code is 1. Gives the log.
    pub(crate) fn assert_failed(mut self) -> String {
        let Finished { code, output } = self.process.wait(RUN_LIMIT);
        assert_eq!(code, Some(1), "{output}{}", self.log());
        self.log()
    }

    /// Its log, whose name has the date in it.
    fn log(&self) -> String {
        self.log_file()
            .map_or_else(String::new, |path| read_lossy(&path))
    }

    fn log_file(&self) -> Option<PathBuf> {
        let start = self.log.file_stem()?.to_string_lossy().into_owned();
        let folder = self.log.parent()?.read_dir().ok()?.flatten();
        folder.map(|entry| entry.path()).find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&start) && name.ends_with(".log")
        })
    }
}

impl Drop for RunningSeagull {
    fn drop(&mut self) {
        tell_if_failing(|| {
            let log = self.log_file().map(|path| tail(&path, LOG_LINES));
            let console = self.process.output();
            format!("--- gannet seagull\n{console}{}", log.unwrap_or_default())
        });
    }
}

fn define(entity: &str, name: &str, value: &str) -> String {
    let mut line = String::new();
    let _ = writeln!(
        line,
        "<define entity=\"{entity}\" name=\"{name}\" value=\"{value}\"></define>"
    );
    line
}

fn scenario_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/interop/seagull/{name}.xml"))
}
