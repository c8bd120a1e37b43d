//! Commands of a scenario, written shortly.

/// A `<send>` or `<receive>`.
///
/// What a real scenario must do in each command to stay in its call is done for all: the first request
/// has a Call-ID of its own (variable `id`, counter `n`), later ones have it again; what a received
/// request says (`id`, `cseq`) stands in the responses to it.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    element: &'static str,
    channel: String,
    what: String,
    attributes: String,
    before: String,
    after: String,
    headers: String,
    body: Option<String>,
    opens: bool,
    is_bare: bool,
}

/// Sends `INVITE`, or `200 INVITE` for a response to it.
pub(crate) fn send(channel: &str, what: &str) -> Command {
    Command::new("send", channel, what)
}

/// Receives `INVITE`, or `200 INVITE` for a response to it.
pub(crate) fn receive(channel: &str, what: &str) -> Command {
    Command::new("receive", channel, what)
}

/// A pause.
pub(crate) fn wait(ms: u64) -> String {
    format!("<wait-ms value=\"{ms}\"></wait-ms>\n")
}

/// A section of the scenario.
pub(crate) fn section(name: &str, commands: &[String]) -> String {
    let end = name.split(' ').next().unwrap_or(name);
    format!("<{name}>\n{}</{end}>\n", commands.concat())
}

/// The traffic of a plain client, with something between its INVITE and the final response.
pub(crate) fn client(between: &[String]) -> String {
    let mut commands = vec![send("client", "INVITE").opens().text()];
    commands.extend_from_slice(between);
    commands.push(receive("client", "200 INVITE").text());
    commands.push(send("client", "ACK").text());
    commands.push(send("client", "BYE").text());
    commands.push(receive("client", "200 BYE").text());
    section("traffic", &commands)
}

/// The traffic of a plain server, with something between the INVITE and its final response.
pub(crate) fn server(between: &[String]) -> String {
    let mut commands = vec![receive("server", "INVITE").text()];
    commands.extend_from_slice(between);
    commands.push(send("server", "200 INVITE").text());
    commands.push(receive("server", "ACK").text());
    commands.push(receive("server", "BYE").text());
    commands.push(send("server", "200 BYE").text());
    section("traffic", &commands)
}

impl Command {
    fn new(element: &'static str, channel: &str, what: &str) -> Self {
        Self {
            element,
            channel: channel.to_owned(),
            what: what.to_owned(),
            attributes: String::new(),
            before: String::new(),
            after: String::new(),
            headers: String::new(),
            body: None,
            opens: false,
            is_bare: false,
        }
    }

    /// It begins a call.
    pub(crate) fn opens(mut self) -> Self {
        self.opens = true;
        self
    }

    /// It does nothing but what is said.
    pub(crate) fn bare(mut self) -> Self {
        self.is_bare = true;
        self
    }

    pub(crate) fn attributes(mut self, attributes: &str) -> Self {
        self.attributes = format!(" {attributes}");
        self
    }

    /// Actions before those of the message.
    pub(crate) fn before(mut self, actions: &str) -> Self {
        self.before.push_str(actions);
        self
    }

    /// Actions after the message.
    pub(crate) fn after(mut self, actions: &str) -> Self {
        self.after.push_str(actions);
        self
    }

    /// More lines of the header.
    pub(crate) fn headers(mut self, lines: &str) -> Self {
        self.headers = format!("{lines}\n");
        self
    }

    pub(crate) fn body(mut self, text: &str) -> Self {
        self.body = Some(text.to_owned());
        self
    }

    pub(crate) fn text(self) -> String {
        let is_response = self.what.starts_with(|first: char| first.is_ascii_digit());
        let sends = self.element == "send";
        let method = self.what.rsplit(' ').next().unwrap_or_default();
        let first_line = match self.what.split_once(' ') {
            Some((code, _)) => format!("SIP/2.0 {code} Text"),
            None => format!("{} sip:b@peer SIP/2.0", self.what),
        };
        let (mut before, mut after) = ("", "");
        if !self.is_bare {
            before = match (sends, is_response, self.opens) {
                (true, false, true) => {
                    r#"<inc-counter name="n"></inc-counter>
                    <set-value name="call-id" format="$(n)@me"></set-value>"#
                }
                (true, false, false) => r#"<restore name="id" entity="call-id"></restore>"#,
                (true, true, _) => {
                    r#"<restore name="id" entity="call-id"></restore>
                    <restore name="cseq" entity="cseq"></restore>"#
                }
                (false, ..) => "",
            };
            after = match (sends, is_response, self.opens) {
                (true, false, true) => r#"<store name="id" entity="call-id"></store>"#,
                (false, false, _) => {
                    r#"<store name="id" entity="call-id"></store>
                    <store name="cseq" entity="cseq"></store>"#
                }
                _ => "",
            };
        }
        let number = super::wire::number_of(method);
        let body = self
            .body
            .map_or(String::new(), |body| format!("<![CDATA[{body}]]>"));
        format!(
            "<{element} channel=\"{channel}\"{attributes}>
              <action>{before}{own_before}</action>
              <message><![CDATA[{first_line}
                Via: SIP/2.0/UDP me;branch=z9hG4bK-1
                From: <sip:a@me>;tag=a
                To: <sip:b@peer>
                Call-ID: 0@me
                CSeq: {number} {method}
                Subject: own
                {headers}]]>{body}</message>
              <action>{after}{own_after}</action>
            </{element}>\n",
            element = self.element,
            channel = self.channel,
            attributes = self.attributes,
            own_before = self.before,
            own_after = self.after,
            headers = self.headers,
        )
    }
}
