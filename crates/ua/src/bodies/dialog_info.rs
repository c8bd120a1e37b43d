//! Dialogs of somebody: `application/dialog-info+xml` (RFC 4235 4).

use super::dialog_words::{DialogDirection, DialogEvent, DialogStage};
use super::element::Element;
use super::error::BodyError;
use super::xml_read::parse_element;

/// The media type (RFC 4235 3.5).
pub const DIALOG_INFO_CONTENT_TYPE: &str = "application/dialog-info+xml";

const DIALOG_INFO: &str = "urn:ietf:params:xml:ns:dialog-info";

/// One document (RFC 4235 4.1). How several make up a picture: [`DialogTable`](super::DialogTable).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DialogInfo {
    /// Counts the documents of a subscription, from 0.
    pub version: u32,
    /// True if dialogs that are not in it do not exist; false if it tells changes only.
    pub full: bool,
    /// Whose dialogs: a URI.
    pub entity: String,
    /// The dialogs.
    pub dialogs: Vec<DialogEntry>,
    /// Everything else in the document.
    pub others: Vec<Element>,
}

/// One dialog (RFC 4235 4.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DialogEntry {
    /// Its name, unique among the dialogs of the entity.
    pub id: String,
    /// Call-ID.
    pub call_id: Option<String>,
    /// Tag of the entity.
    pub local_tag: Option<String>,
    /// Tag of the other side.
    pub remote_tag: Option<String>,
    /// Who began it.
    pub direction: Option<DialogDirection>,
    /// Where it stands.
    pub stage: DialogStage,
    /// What brought it there.
    pub event: Option<DialogEvent>,
    /// The code of the response that brought it there.
    pub code: Option<u16>,
    /// Its age in seconds.
    pub duration_s: Option<u64>,
    /// The dialog that it took the place of.
    pub replaces: Option<ReplacedDialog>,
    /// The entity.
    pub local: Option<Participant>,
    /// The other side.
    pub remote: Option<Participant>,
    /// Everything else in it: `referred-by`, `route-set` and what others invented.
    pub others: Vec<Element>,
}

/// The dialog whose place another took (RFC 4235 4.1.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplacedDialog {
    /// Call-ID.
    pub call_id: String,
    /// Tag of the entity.
    pub local_tag: String,
    /// Tag of the other side.
    pub remote_tag: String,
}

/// One side of a dialog (RFC 4235 4.1.6).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Participant {
    /// The URI of the address-of-record.
    pub identity: Option<String>,
    /// The name that is shown.
    pub display: Option<String>,
    /// The URI of Contact.
    pub target: Option<String>,
    /// Parameters of Contact, `+sip.rendering` for example (RFC 3840).
    pub target_params: Vec<(String, String)>,
    /// Everything else: `session-description`, `cseq`.
    pub others: Vec<Element>,
}

impl DialogInfo {
    /// A document that says that there are no dialogs.
    pub fn new(entity: impl Into<String>) -> Self {
        Self {
            full: true,
            entity: entity.into(),
            ..Self::default()
        }
    }

    /// Reads a body of type `application/dialog-info+xml`.
    ///
    /// # Errors
    /// If it is no XML, too big, or lacks what gives it a meaning: version, state and entity of the
    /// document, id and state of each dialog.
    pub fn parse(bytes: &[u8]) -> Result<Self, BodyError> {
        let root = parse_element(bytes)?;
        if !root.is(DIALOG_INFO, "dialog-info") {
            return Err(BodyError::OtherRoot {
                expected: "dialog-info",
                found: root.described(),
            });
        }
        let unusable = |what, found: Option<&str>| BodyError::Unusable {
            element: "dialog-info",
            what,
            found: found.map(str::to_owned),
        };
        let version = root.attribute("version");
        let state = root.attribute("state");
        let mut info = Self {
            version: version
                .and_then(|text| text.trim().parse().ok())
                .ok_or_else(|| unusable("version", version))?,
            full: match state {
                Some("full") => true,
                Some("partial") => false,
                other => return Err(unusable("state", other)),
            },
            entity: root
                .attribute("entity")
                .ok_or_else(|| unusable("entity", None))?
                .to_owned(),
            ..Self::default()
        };
        for child in root.elements() {
            if child.is(DIALOG_INFO, "dialog") {
                info.dialogs.push(DialogEntry::of(child)?);
            } else {
                info.others.push(child.clone());
            }
        }
        Ok(info)
    }

    /// The document as it is sent.
    pub fn to_xml(&self) -> String {
        let mut root = Element::new(DIALOG_INFO, "dialog-info")
            .with("version", self.version.to_string())
            .with("state", if self.full { "full" } else { "partial" })
            .with("entity", &self.entity);
        for dialog in &self.dialogs {
            root.push(dialog.element());
        }
        for other in &self.others {
            root.push(other.clone());
        }
        root.to_document(&[])
    }
}

impl DialogEntry {
    /// A dialog without anything known but its stage.
    pub fn new(id: impl Into<String>, stage: DialogStage) -> Self {
        Self {
            id: id.into(),
            stage,
            ..Self::default()
        }
    }

    fn of(element: &Element) -> Result<Self, BodyError> {
        let unusable = |what, found: Option<&str>| BodyError::Unusable {
            element: "dialog",
            what,
            found: found.map(str::to_owned),
        };
        let text = |name: &str| element.attribute(name).map(str::to_owned);
        let id = text("id").ok_or_else(|| unusable("id", None))?;
        let mut stage = None;
        let mut dialog = Self {
            id,
            call_id: text("call-id"),
            local_tag: text("local-tag"),
            remote_tag: text("remote-tag"),
            direction: match element.attribute("direction") {
                Some("initiator") => Some(DialogDirection::Initiator),
                Some("recipient") => Some(DialogDirection::Recipient),
                _ => None,
            },
            ..Self::default()
        };
        for child in element.elements() {
            if child.is(DIALOG_INFO, "state") {
                let word = child.text();
                let known = DialogStage::from_word(&word);
                stage = Some(known.ok_or_else(|| unusable("state", Some(&word)))?);
                dialog.event = child.attribute("event").map(DialogEvent::new);
                dialog.code = child.attribute("code").and_then(|code| code.parse().ok());
            } else if child.is(DIALOG_INFO, "duration") {
                dialog.duration_s = child.text().parse().ok();
            } else if child.is(DIALOG_INFO, "replaces") {
                let part = |name| child.attribute(name).unwrap_or_default().to_owned();
                dialog.replaces = Some(ReplacedDialog {
                    call_id: part("call-id"),
                    local_tag: part("local-tag"),
                    remote_tag: part("remote-tag"),
                });
            } else if child.is(DIALOG_INFO, "local") {
                dialog.local = Some(Participant::of(child));
            } else if child.is(DIALOG_INFO, "remote") {
                dialog.remote = Some(Participant::of(child));
            } else {
                dialog.others.push(child.clone());
            }
        }
        dialog.stage = stage.ok_or_else(|| unusable("state", None))?;
        Ok(dialog)
    }

    /// The order is that of the schema (RFC 4235 4.4).
    fn element(&self) -> Element {
        let mut dialog = Element::new(DIALOG_INFO, "dialog")
            .with("id", &self.id)
            .with_some("call-id", self.call_id.as_deref())
            .with_some("local-tag", self.local_tag.as_deref())
            .with_some("remote-tag", self.remote_tag.as_deref())
            .with_some("direction", self.direction.map(DialogDirection::as_str));
        let state = Element::new(DIALOG_INFO, "state")
            .with_some("event", self.event.as_ref().map(DialogEvent::as_str))
            .with_some("code", self.code.map(|code| code.to_string()).as_deref());
        dialog.push(state.with_text(self.stage.as_str()));
        if let Some(seconds) = self.duration_s {
            dialog.push(Element::new(DIALOG_INFO, "duration").with_text(seconds.to_string()));
        }
        if let Some(replaces) = &self.replaces {
            let element = Element::new(DIALOG_INFO, "replaces")
                .with("call-id", &replaces.call_id)
                .with("local-tag", &replaces.local_tag)
                .with("remote-tag", &replaces.remote_tag);
            dialog.push(element);
        }
        for other in &self.others {
            dialog.push(other.clone());
        }
        for (name, side) in [("local", &self.local), ("remote", &self.remote)] {
            if let Some(side) = side {
                dialog.push(side.element(name));
            }
        }
        dialog
    }
}

impl Participant {
    /// One side by its address.
    pub fn new(identity: impl Into<String>) -> Self {
        Self {
            identity: Some(identity.into()),
            ..Self::default()
        }
    }

    fn of(element: &Element) -> Self {
        let mut side = Self::default();
        for child in element.elements() {
            if child.is(DIALOG_INFO, "identity") {
                side.identity = Some(child.text());
                side.display = child.attribute("display").map(str::to_owned);
            } else if child.is(DIALOG_INFO, "target") {
                side.target = child.attribute("uri").map(str::to_owned);
                for param in child.elements() {
                    let part = |name| param.attribute(name).unwrap_or_default().to_owned();
                    side.target_params.push((part("pname"), part("pval")));
                }
            } else {
                side.others.push(child.clone());
            }
        }
        side
    }

    fn element(&self, name: &str) -> Element {
        let mut side = Element::new(DIALOG_INFO, name);
        if let Some(identity) = &self.identity {
            let element = Element::new(DIALOG_INFO, "identity");
            let element = element.with_some("display", self.display.as_deref());
            side.push(element.with_text(identity));
        }
        if let Some(target) = &self.target {
            let mut element = Element::new(DIALOG_INFO, "target").with("uri", target);
            for (name, value) in &self.target_params {
                let param = Element::new(DIALOG_INFO, "param");
                element.push(param.with("pname", name).with("pval", value));
            }
            side.push(element);
        }
        for other in &self.others {
            side.push(other.clone());
        }
        side
    }
}
