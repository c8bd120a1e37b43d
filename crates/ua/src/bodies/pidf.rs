//! Presence documents (PIDF, RFC 3863; person and activities: RFC 4479, RFC 4480).

use super::element::{Attribute, Element};

/// The media type (RFC 3863 4).
pub const PIDF_CONTENT_TYPE: &str = "application/pidf+xml";

/// The namespaces of the documents, with the prefixes that are used for writing.
pub(crate) const PIDF: &str = "urn:ietf:params:xml:ns:pidf";
pub(crate) const DATA_MODEL: &str = "urn:ietf:params:xml:ns:pidf:data-model";
pub(crate) const RPID: &str = "urn:ietf:params:xml:ns:pidf:rpid";
const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// What is known about the presence of somebody: `<presence>` (RFC 3863 4.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presence {
    /// Whose presence: a `pres:` or `sip:` URI.
    pub entity: String,
    /// The ways to reach them.
    pub tuples: Vec<Tuple>,
    /// The person (RFC 4479 3.2).
    pub persons: Vec<Person>,
    /// Remarks about all of it.
    pub notes: Vec<Note>,
    /// Everything else in the document.
    pub others: Vec<Element>,
}

/// One way to reach somebody: `<tuple>` (RFC 3863 4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tuple {
    /// Its name, unique within the document.
    pub id: String,
    /// Whether it can be reached.
    pub basic: Option<Basic>,
    /// More elements of `<status>`.
    pub status: Vec<Element>,
    /// Where.
    pub contact: Option<ContactAddress>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// When this became so (RFC 3339).
    pub timestamp: Option<String>,
    /// Everything else in it.
    pub others: Vec<Element>,
}

/// Whether somebody can be reached (RFC 3863 4.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basic {
    /// Ready.
    Open,
    /// Not ready.
    Closed,
}

impl Basic {
    /// The word in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// An address with its preference (RFC 3863 4.1.5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactAddress {
    /// The URI.
    pub uri: String,
    /// 0 to 1, as written.
    pub priority: Option<String>,
}

/// A remark for people (RFC 3863 4.1.6).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Note {
    /// The text.
    pub text: String,
    /// Its language (RFC 5646).
    pub lang: Option<String>,
}

impl Note {
    /// A remark in no particular language.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            lang: None,
        }
    }
}

/// The person behind the addresses (RFC 4479 3.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Its name, unique within the document.
    pub id: String,
    /// What they are doing (RFC 4480 3.2).
    pub activities: Vec<Activity>,
    /// Remarks about the activities.
    pub activity_notes: Vec<Note>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// When this became so (RFC 3339).
    pub timestamp: Option<String>,
    /// Everything else in it.
    pub others: Vec<Element>,
}

/// What a person is doing (RFC 4480 3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The name of the element: `away`, `busy`, `on-the-phone`, `vacation`, `other`...
    pub name: String,
    /// Its text: what `other` means.
    pub text: Option<String>,
}

impl Activity {
    /// An activity that has a name of its own.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: None,
        }
    }

    /// One that has not.
    pub fn other(text: impl Into<String>) -> Self {
        Self {
            name: "other".to_owned(),
            text: Some(text.into()),
        }
    }
}

impl Presence {
    /// A document that says nothing yet.
    pub fn new(entity: impl Into<String>) -> Self {
        Self {
            entity: entity.into(),
            ..Self::default()
        }
    }

    /// Whether somebody can be reached in any way: open if one tuple is; `None` if none says.
    pub fn basic(&self) -> Option<Basic> {
        let mut said = self
            .tuples
            .iter()
            .filter_map(|tuple| tuple.basic)
            .peekable();
        said.peek()?;
        let open = said.any(|basic| basic == Basic::Open);
        Some(if open { Basic::Open } else { Basic::Closed })
    }

    /// All remarks, those about the person first.
    pub fn all_notes(&self) -> impl Iterator<Item = &Note> {
        let persons = self.persons.iter();
        let persons = persons.flat_map(|person| person.notes.iter().chain(&person.activity_notes));
        let tuples = self.tuples.iter().flat_map(|tuple| &tuple.notes);
        persons.chain(tuples).chain(&self.notes)
    }

    /// All activities.
    pub fn activities(&self) -> impl Iterator<Item = &Activity> {
        self.persons.iter().flat_map(|person| &person.activities)
    }

    /// The document as it is sent.
    pub fn to_xml(&self) -> String {
        let mut root = Element::new(PIDF, "presence").with("entity", &self.entity);
        for tuple in &self.tuples {
            root.push(tuple.element());
        }
        for note in &self.notes {
            root.push(note.element(PIDF));
        }
        for person in &self.persons {
            root.push(person.element());
        }
        for other in &self.others {
            root.push(other.clone());
        }
        root.to_document(&[(DATA_MODEL, "dm"), (RPID, "rpid")])
    }
}

impl Tuple {
    /// The order is that of the schema (RFC 3863 4.4).
    fn element(&self) -> Element {
        let mut status = Element::new(PIDF, "status");
        if let Some(basic) = self.basic {
            status.push(Element::new(PIDF, "basic").with_text(basic.as_str()));
        }
        for other in &self.status {
            status.push(other.clone());
        }
        let mut tuple = Element::new(PIDF, "tuple")
            .with("id", &self.id)
            .with_child(status);
        for other in &self.others {
            tuple.push(other.clone());
        }
        if let Some(contact) = &self.contact {
            let element = Element::new(PIDF, "contact");
            let element = element.with_some("priority", contact.priority.as_deref());
            tuple.push(element.with_text(&contact.uri));
        }
        for note in &self.notes {
            tuple.push(note.element(PIDF));
        }
        if let Some(timestamp) = &self.timestamp {
            tuple.push(Element::new(PIDF, "timestamp").with_text(timestamp));
        }
        tuple
    }
}

impl Person {
    fn element(&self) -> Element {
        let mut person = Element::new(DATA_MODEL, "person").with("id", &self.id);
        if !self.activities.is_empty() || !self.activity_notes.is_empty() {
            let mut activities = Element::new(RPID, "activities");
            for note in &self.activity_notes {
                activities.push(note.element(RPID));
            }
            for activity in &self.activities {
                let mut element = Element::new(RPID, &activity.name);
                if let Some(text) = &activity.text {
                    element = element.with_text(text);
                }
                activities.push(element);
            }
            person.push(activities);
        }
        for other in &self.others {
            person.push(other.clone());
        }
        for note in &self.notes {
            person.push(note.element(DATA_MODEL));
        }
        if let Some(timestamp) = &self.timestamp {
            person.push(Element::new(DATA_MODEL, "timestamp").with_text(timestamp));
        }
        person
    }
}

impl Note {
    fn element(&self, namespace: &str) -> Element {
        let mut element = Element::new(namespace, "note");
        if let Some(lang) = &self.lang {
            element.attributes.push(Attribute {
                namespace: Some(XML_NAMESPACE.to_owned()),
                name: "lang".to_owned(),
                value: lang.clone(),
            });
        }
        element.with_text(&self.text)
    }

    pub(super) fn of(element: &Element) -> Self {
        let lang =
            |a: &&Attribute| a.name == "lang" && a.namespace.as_deref() == Some(XML_NAMESPACE);
        Self {
            text: element.text(),
            lang: element
                .attributes
                .iter()
                .find(lang)
                .map(|a| a.value.clone()),
        }
    }
}
