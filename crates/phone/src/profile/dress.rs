//! Giving messages the look of a device model.

use gannet_sip::{HeaderName, MessageBuilder, Method, NameAddr};
use gannet_ua::endpoint::{Dress, MessageKind};

use super::lines::change_contacts;
use super::model::{CompactNames, Lists, Profile, ResponseIdentity};
use super::template::Facts;

/// The option tag of session timers.
const TIMER: &str = "timer";

/// The look of one phone.
#[derive(Debug)]
pub(crate) struct ProfileDress {
    profile: std::sync::Arc<Profile>,
    user_agent: String,
    headers: Vec<(String, String)>,
    lists: Lists,
    /// The lists as they are written.
    texts: ListTexts,
}

/// The values of the list fields, written once for all messages.
#[derive(Debug)]
struct ListTexts {
    allow: String,
    allow_events: String,
    accept: String,
    supported: String,
    /// Supported with the option tag of session timers.
    supported_and_timer: String,
    accept_encoding: String,
    require: String,
    /// The methods as a parameter of Contact.
    methods: String,
}

impl ListTexts {
    fn of(lists: &Lists) -> Self {
        let methods: Vec<_> = lists.allow.iter().map(Method::as_str).collect();
        let supported = lists.supported.join(", ");
        let knows_timers = lists
            .supported
            .iter()
            .any(|tag| tag.eq_ignore_ascii_case(TIMER));
        Self {
            allow: methods.join(", "),
            allow_events: lists.allow_events.join(", "),
            accept: lists.accept.join(", "),
            supported_and_timer: match supported.as_str() {
                "" => TIMER.to_owned(),
                _ if knows_timers => supported.clone(),
                _ => format!("{supported}, {TIMER}"),
            },
            supported,
            accept_encoding: lists.accept_encoding.join(", "),
            require: lists.require.join(", "),
            methods: format!("\"{}\"", methods.join(", ")),
        }
    }
}

impl ProfileDress {
    pub(crate) fn new(profile: std::sync::Arc<Profile>, facts: &Facts<'_>) -> Self {
        let identity = &profile.identity;
        let fill =
            |(name, template): &(String, super::Template)| (name.clone(), template.fill(facts));
        let lists = profile.effective_lists();
        Self {
            user_agent: identity.user_agent.fill(facts),
            headers: identity.headers.iter().map(fill).collect(),
            texts: ListTexts::of(&lists),
            lists,
            profile,
        }
    }

    fn add_identity(&self, message: &mut MessageBuilder, kind: &MessageKind) {
        let field = match (kind.code, self.profile.identity.in_responses) {
            (None, _) | (Some(_), ResponseIdentity::UserAgent) => HeaderName::UserAgent,
            (Some(_), ResponseIdentity::Server) => HeaderName::Server,
            (Some(_), ResponseIdentity::None) => return,
        };
        if !self.user_agent.is_empty() {
            add(message, field, &self.user_agent);
        }
    }
}

impl ProfileDress {
    fn add_lists(&self, message: &mut MessageBuilder, kind: &MessageKind) {
        if kind.code.is_some_and(|code| !(200..300).contains(&code)) {
            return;
        }
        let (lists, texts) = (&self.lists, &self.texts);
        let mut write = |on: &[Method], name: HeaderName, items: &str| {
            if on.contains(&kind.method) && !items.is_empty() {
                add(message, name, items);
            }
        };
        write(&lists.allow_on, HeaderName::Allow, &texts.allow);
        write(
            &lists.allow_events_on,
            HeaderName::AllowEvents,
            &texts.allow_events,
        );
        write(&lists.accept_on, HeaderName::Accept, &texts.accept);
        write(
            &lists.accept_encoding_on,
            HeaderName::AcceptEncoding,
            &texts.accept_encoding,
        );
        if kind.code.is_none() {
            write(&lists.require_on, HeaderName::Require, &texts.require);
        }
        self.add_supported(message, lists.supported_on.contains(&kind.method));
    }

    /// The methods in Contact (RFC 3840 10), where the device writes them there.
    fn list_methods(&self, message: &mut MessageBuilder, kind: &MessageKind) {
        let is_success = kind.code.is_none_or(|code| code / 100 == 2);
        let is_wanted = is_success && self.lists.methods_on.contains(&kind.method);
        if !is_wanted || (kind.method == Method::Register && kind.code.is_some()) {
            return;
        }
        change_contacts(message, |contact| {
            contact.params.set("methods", self.texts.methods.as_str());
        });
    }

    /// What the core alone has written, `timer` (RFC 4028 7.1), stands behind the device's own list.
    fn add_supported(&self, message: &mut MessageBuilder, is_listed: bool) {
        let name = HeaderName::Supported;
        let texts = &self.texts;
        let mut lines = message.lines_mut().iter();
        let of_core =
            lines.any(|line| line.id == name && !line.raw && line.value == TIMER.as_bytes());
        match (of_core, is_listed) {
            (true, true) => message.set(name, texts.supported_and_timer.as_str()),
            (true, false) => message.set(name, TIMER),
            (false, true) if !texts.supported.is_empty() => add(message, name, &texts.supported),
            (false, _) => {}
        }
    }
}

impl Dress for ProfileDress {
    fn dress(&self, message: &mut MessageBuilder, kind: &MessageKind) {
        self.add_identity(message, kind);
        if kind.code.is_none() {
            for (name, value) in &self.headers {
                if !message.has(name.as_str()) {
                    message.push(name.as_str(), value.as_str());
                }
            }
        }
        self.add_lists(message, kind);
        if self.profile.messages.rfc2543 && kind.code.is_none() {
            route_strictly(message, &kind.method);
        }
        // The length is filled in when the message is built; the line is there to be placed.
        add(message, HeaderName::ContentLength, "0");
        let style = &self.profile.messages;
        self.list_methods(message, kind);
        style.lines.arrange_parameters(message, kind.code.is_none());
        self.profile.quirks.spoil(message, kind);
        style.lines.spread_lists(message);
        style.order.arrange(message, kind);
        shorten(&style.compact, message);
        self.profile.quirks.rename(message);
        style.lines.form(message);
    }
}

/// Routes a request as RFC 2543 6.29 did and RFC 3261 16.12.1.2 describes: it names the next hop, and its
/// own target is the last of the routes. Requests that are so already stay.
fn route_strictly(message: &mut MessageBuilder, method: &Method) {
    let draft = message.message();
    let routes: Vec<_> = draft.values(HeaderName::Route).map(str::to_owned).collect();
    let is_loose = |text: &String| {
        NameAddr::parse("Route", text).is_ok_and(|route| route.uri.is_loose_router())
    };
    let (Some(first), Some(target)) = (routes.first(), draft.request_uri_text()) else {
        return;
    };
    if !routes.iter().all(is_loose) {
        return;
    }
    let Ok(next_hop) = NameAddr::parse("Route", first) else {
        return;
    };
    let line = format!("{method} {} SIP/2.0", next_hop.uri);
    let last = format!("<{target}>");
    *message.start_line_mut() = line.into_bytes();
    message.remove(HeaderName::Route);
    for route in routes[1..].iter().chain([&last]) {
        message.push(HeaderName::Route, route.as_str());
    }
}

fn add(message: &mut MessageBuilder, name: HeaderName, value: &str) {
    if !message.has(name) {
        message.push(name, value);
    }
}

fn shorten(names: &CompactNames, message: &mut MessageBuilder) {
    let wanted = |name: HeaderName| match names {
        CompactNames::None => false,
        CompactNames::All => true,
        CompactNames::Only(list) => list.contains(&name),
    };
    for line in message.lines_mut() {
        if !line.raw
            && wanted(line.id)
            && let Some(compact) = line.id.compact()
        {
            line.name = compact.into();
        }
    }
}
