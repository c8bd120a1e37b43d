//! Configurations.

use std::fmt::Write as _;

/// A configuration with one transport and at least one channel, called `one`.
pub(crate) struct Conf {
    transport: String,
    channels: String,
    params: String,
}

impl Conf {
    /// Over UDP, to a port of 127.0.0.1 from any.
    pub(crate) fn client(port: u16) -> Self {
        Self::of(&format!("mode=client;dest=127.0.0.1:{port}"))
    }

    /// Over UDP, at a port of 127.0.0.1.
    pub(crate) fn server(port: u16) -> Self {
        Self::of(&format!("mode=server;source=127.0.0.1:{port}"))
    }

    /// With these open-args of its channel.
    pub(crate) fn of(open_args: &str) -> Self {
        let empty = Self {
            transport: "type=udp".to_owned(),
            channels: String::new(),
            params: String::new(),
        };
        empty.channel("one", &format!("open-args=\"{open_args}\""))
    }

    /// Over TCP in place of UDP.
    pub(crate) fn tcp(mut self) -> Self {
        self.transport = self.transport.replace("type=udp", "type=tcp");
        self
    }

    /// With that `close-wait-ms`.
    pub(crate) fn linger(mut self, value: &str) -> Self {
        let _ = write!(self.transport, ";close-wait-ms={value}");
        self
    }

    /// Another channel with these attributes; of channels with the same name the last one counts.
    pub(crate) fn channel(mut self, name: &str, attributes: &str) -> Self {
        let start = format!("  <define entity=\"channel\" name=\"{name}\"");
        let others: Vec<&str> = self
            .channels
            .split_inclusive('\n')
            .filter(|line| !line.starts_with(&start))
            .collect();
        self.channels = others.concat();
        let _ = writeln!(
            self.channels,
            "{start} protocol=\"sip\" transport=\"ip\" {attributes}></define>"
        );
        self
    }

    pub(crate) fn param(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        let _ = writeln!(
            self.params,
            "  <define entity=\"traffic-param\" name=\"{name}\" value=\"{value}\"></define>"
        );
        self
    }

    /// That many calls at this rate, then the end.
    pub(crate) fn calls(self, number: u64, rate: u64) -> Self {
        self.param("number-calls", number).param("call-rate", rate)
    }

    /// Statistics each second in `logs/NAME-stat.csv`.
    pub(crate) fn statistics(self, name: &str) -> Self {
        self.param("log-stat-period", 1)
            .param("log-stat-file", format!("../logs/{name}-stat.csv"))
    }

    /// Screens each second.
    pub(crate) fn screens(self) -> Self {
        self.param("display-period", 1)
            .param("display-scenario-stat", true)
            .param("display-protocol-stat", true)
    }

    pub(crate) fn text(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<configuration name=\"test\">\n  \
             <define entity=\"transport\" name=\"ip\" file=\"libtrans_ip.so\"\n    \
             create_function=\"create_cipio_instance\" delete_function=\"delete_cipio_instance\"\n    \
             init-args=\"{}\"></define>\n{}{}</configuration>\n",
            self.transport, self.channels, self.params
        )
    }
}
