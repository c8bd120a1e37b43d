//! Small files of a run, and what comes of loading them.

use gannet_diag::Severity;
use gannet_scenario::seagull::{Files, LoadOptions, Loaded, NamedBytes, Run, load};

/// One channel to a server, with `PARAMS` for more.
pub(crate) const CONF: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<configuration name="small">
  <define entity="transport" name="udp" file="libtrans_ip.so" create_function="c"
    delete_function="d" init-args="type=udp"></define>
  <define entity="channel" name="one" protocol="sip" transport="udp"
    open-args="mode=client;source=127.0.0.1:0;dest=127.0.0.1:5060"></define>
  <define entity="channel" name="two" protocol="sip" transport="udp"
    open-args="mode=server;source=127.0.0.1:5070"></define>
  <!-- PARAMS -->
</configuration>
"#;

/// A small SIP dictionary, with `FIELDS`, `PARTS` and `MESSAGES` for more.
pub(crate) const DICTIONARY: &str = r#"<protocol name="sip" type="text" filter="lib=l.so;function=filter_xml"
    field-separator="\r\n" body-separator="\r\n">
  <!-- PARTS -->
  <body-method>
    <defmethod name="by-length" method="length" param="content-length"></defmethod>
  </body-method>
  <header name="message" type="type">
    <fielddef name="type">
      <regexp name="request" expr="^([A-Z]+) [^ ]+ SIP/2\.0" nbexpr="2" subexpr="1"></regexp>
      <regexp name="answer" expr="^SIP/2\.0 ([0-9]+) " nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="content-length" format="Content-Length: $(field-value)\r\n">
      <regexp expr="^Content-Length: ([0-9$()a-z-]*)" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="call-id">
      <regexp expr="^Call-ID: ([!-~]*)" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="subject">
      <regexp expr="^Subject: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <!-- FIELDS -->
  </header>
  <body name="data" type="data-type">
    <fielddef name="o"><regexp expr="^o=(.*)$" nbexpr="2" subexpr="1"></regexp></fielddef>
  </body>
  <dictionary session-method="field" session-id="call-id">
    <message name="INVITE"></message>
    <message name="ACK"></message>
    <message name="BYE"></message>
    <message name="OPTIONS"></message>
    <message name="183"></message>
    <message name="200"></message>
    <message name="486"></message>
    <!-- MESSAGES -->
  </dictionary>
</protocol>
"#;

/// The files of a run.
pub(crate) struct Set {
    pub(crate) conf: String,
    pub(crate) dictionaries: Vec<String>,
    pub(crate) scenario: String,
    pub(crate) external: Option<String>,
    pub(crate) options: LoadOptions,
}

impl Set {
    /// The small files with a scenario.
    pub(crate) fn new(scenario: &str) -> Self {
        Self {
            conf: CONF.to_owned(),
            dictionaries: vec![DICTIONARY.to_owned()],
            scenario: scenario.to_owned(),
            external: None,
            options: LoadOptions::default(),
        }
    }

    /// The small files, with something in place of a comment in the configuration.
    pub(crate) fn params(mut self, params: &str) -> Self {
        self.conf = self.conf.replace("<!-- PARAMS -->", params);
        self
    }

    /// The small files, with something in place of a comment in the dictionary.
    pub(crate) fn dictionary(mut self, comment: &str, text: &str) -> Self {
        let mark = format!("<!-- {comment} -->");
        assert!(self.dictionaries[0].contains(&mark), "{mark}");
        self.dictionaries[0] = self.dictionaries[0].replace(&mark, text);
        self
    }

    pub(crate) fn load(&self) -> Loaded {
        let named = |name: &str, text: &str| NamedBytes {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        let files = Files {
            conf: named("conf.xml", &self.conf),
            dictionaries: self
                .dictionaries
                .iter()
                .enumerate()
                .map(|(number, text)| named(&format!("dictionary{number}.xml"), text))
                .collect(),
            scenario: named("scenario.xml", &self.scenario),
            external: self.external.as_ref().map(|text| named("data.csv", text)),
        };
        load(&files, &self.options)
    }

    /// Each complaint as `file:line:column severity code: message`, in the order of the files.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (source, diagnostics) in &self.load().diagnostics {
            for found in diagnostics {
                out.push(format!(
                    "{}:{} {} {}: {}",
                    source.name(),
                    source.position(found.span.start),
                    match found.severity {
                        Severity::Error => "error",
                        Severity::Warning => "warning",
                    },
                    found.code,
                    found.message
                ));
            }
        }
        out
    }

    /// The run, which must have come without complaint.
    pub(crate) fn run(&self) -> Run {
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "{complaints:#?}");
        self.load().run.expect("a run without complaints")
    }
}

/// A `<send>` of a request, with actions before and after it.
pub(crate) fn send(channel: &str, method: &str, before: &str, after: &str) -> String {
    format!(
        "<send channel=\"{channel}\"><action>{before}</action><message><![CDATA[{method} sip:a@b SIP/2.0
          Call-ID: 1@b
          CSeq: 1 {method}]]></message><action>{after}</action></send>\n"
    )
}

/// A `<receive>` with actions.
pub(crate) fn receive(attributes: &str, first_line: &str, actions: &str) -> String {
    format!(
        "<receive {attributes}><message><![CDATA[{first_line}
          Call-ID: 1@b
          CSeq: 1 INVITE
          Subject: own\n]]></message><action>{actions}</action></receive>\n"
    )
}

/// A scenario of one traffic section.
pub(crate) fn traffic(commands: &[String]) -> String {
    format!(
        "<scenario><counter><counterdef name=\"n\" init=\"0\"></counterdef></counter>\n<traffic>\n{}</traffic></scenario>\n",
        commands.concat()
    )
}
