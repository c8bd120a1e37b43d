//! Reading presence documents.

use super::element::Element;
use super::error::BodyError;
use super::pidf::{
    Activity, Basic, ContactAddress, DATA_MODEL, Note, PIDF, Person, Presence, RPID, Tuple,
};
use super::xml_read::parse_element;

impl Presence {
    /// Reads a body of type `application/pidf+xml`. Devices leave much out; what is asked of a
    /// document is only that it is a `<presence>` of somebody.
    ///
    /// # Errors
    /// If it is no XML, too big or no presence document.
    pub fn parse(bytes: &[u8]) -> Result<Self, BodyError> {
        let root = parse_element(bytes)?;
        if !root.is(PIDF, "presence") {
            return Err(BodyError::OtherRoot {
                expected: "presence",
                found: root.described(),
            });
        }
        let entity = root.attribute("entity").unwrap_or_default().trim();
        if entity.is_empty() {
            return Err(BodyError::Unusable {
                element: "presence",
                what: "entity",
                found: None,
            });
        }
        let mut presence = Self::new(entity);
        for child in root.elements() {
            if child.is(PIDF, "tuple") {
                // Documents are kept; most have one of each.
                presence.tuples.reserve_exact(1);
                presence.tuples.push(tuple(child));
            } else if child.is(DATA_MODEL, "person") {
                presence.persons.reserve_exact(1);
                presence.persons.push(person(child));
            } else if child.is(PIDF, "note") {
                presence.notes.push(Note::of(child));
            } else {
                presence.others.push(child.clone());
            }
        }
        Ok(presence)
    }
}

fn tuple(element: &Element) -> Tuple {
    let mut tuple = Tuple {
        id: element.attribute("id").unwrap_or_default().to_owned(),
        ..Tuple::default()
    };
    for child in element.elements() {
        if child.is(PIDF, "status") {
            for part in child.elements() {
                if part.is(PIDF, "basic") {
                    tuple.basic = basic(&part.text());
                } else {
                    tuple.status.push(part.clone());
                }
            }
        } else if child.is(PIDF, "contact") {
            tuple.contact = Some(ContactAddress {
                uri: child.text(),
                priority: child.attribute("priority").map(str::to_owned),
            });
        } else if child.is(PIDF, "note") {
            tuple.notes.push(Note::of(child));
        } else if child.is(PIDF, "timestamp") {
            tuple.timestamp = Some(child.text());
        } else {
            tuple.others.push(child.clone());
        }
    }
    tuple
}

/// RFC 3863 4.1.4. Some devices write it in capitals.
fn basic(text: &str) -> Option<Basic> {
    match text.to_ascii_lowercase().as_str() {
        "open" => Some(Basic::Open),
        "closed" => Some(Basic::Closed),
        _ => None,
    }
}

fn person(element: &Element) -> Person {
    let mut person = Person {
        id: element.attribute("id").unwrap_or_default().to_owned(),
        ..Person::default()
    };
    for child in element.elements() {
        if child.is(RPID, "activities") {
            for part in child.elements() {
                if part.is(RPID, "note") {
                    person.activity_notes.push(Note::of(part));
                } else {
                    person.activities.push(Activity {
                        name: part.name.clone(),
                        text: Some(part.text()).filter(|text| !text.is_empty()),
                    });
                }
            }
        } else if child.is(DATA_MODEL, "note") || child.is(RPID, "note") {
            person.notes.push(Note::of(child));
        } else if child.is(DATA_MODEL, "timestamp") {
            person.timestamp = Some(child.text());
        } else {
            person.others.push(child.clone());
        }
    }
    person
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the style of RFC 4480, with things that are not known here.
    const FULL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf"
    xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
    xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid"
    xmlns:x="urn:x" entity="pres:someone@example.com">
  <tuple id="bs35r9">
    <status><basic>open</basic><x:location>home</x:location></status>
    <dm:deviceID>urn:device:0003ba4811e3</dm:deviceID>
    <rpid:relationship><rpid:self/></rpid:relationship>
    <contact priority="0.8">im:someone@mobile.example.net</contact>
    <note xml:lang="en">Don't Disturb &amp; so on</note>
    <timestamp>2005-10-27T16:49:29Z</timestamp>
  </tuple>
  <tuple id="two"><status><basic>closed</basic></status></tuple>
  <note>I'll be in Tokyo next week</note>
  <dm:person id="p1">
    <rpid:activities from="2005-05-30T12:00:00+05:00">
      <rpid:note>Far away</rpid:note><rpid:away/><rpid:other>reading</rpid:other>
    </rpid:activities>
    <rpid:mood><rpid:happy/></rpid:mood>
    <dm:note>Scoring 120</dm:note>
    <dm:timestamp>2005-05-30T16:09:44+05:00</dm:timestamp>
  </dm:person>
  <dm:device id="pc147"><dm:deviceID>mac:8asd7d7d70</dm:deviceID></dm:device>
</presence>"#;

    #[test]
    fn everything_known_is_typed_and_the_rest_is_kept() {
        let presence = Presence::parse(FULL.as_bytes()).expect("good");
        assert_eq!(presence.entity, "pres:someone@example.com");
        assert_eq!(presence.basic(), Some(Basic::Open));
        let tuple = &presence.tuples[0];
        assert_eq!(tuple.status[0].text(), "home");
        assert_eq!(tuple.others.len(), 2);
        let contact = tuple.contact.as_ref().expect("there");
        assert_eq!(contact.uri, "im:someone@mobile.example.net");
        assert_eq!(contact.priority.as_deref(), Some("0.8"));
        assert_eq!(tuple.notes[0].lang.as_deref(), Some("en"));
        let person = &presence.persons[0];
        let activities = vec![Activity::new("away"), Activity::other("reading")];
        assert_eq!(person.activities, activities);
        assert_eq!(person.others[0].name, "mood");
        let notes: Vec<_> = presence
            .all_notes()
            .map(|note| note.text.as_str())
            .collect();
        let expected = [
            "Scoring 120",
            "Far away",
            "Don't Disturb & so on",
            "I'll be in Tokyo next week",
        ];
        assert_eq!(notes, expected);
        assert_eq!(presence.others[0].name, "device");
    }

    #[test]
    fn written_and_read_again_it_is_the_same() {
        let presence = Presence::parse(FULL.as_bytes()).expect("good");
        let written = presence.to_xml();
        assert!(written.contains("<rpid:away/>"), "{written}");
        assert!(written.contains("<dm:person id=\"p1\">"), "{written}");
        let again = Presence::parse(written.as_bytes()).expect(&written);
        assert_eq!(again, presence);
    }

    #[test]
    fn documents_without_namespaces_are_read() {
        let text = "<presence entity='sip:a@b'><tuple><status><basic>CLOSED</basic></status></tuple></presence>";
        let presence = Presence::parse(text.as_bytes()).expect("good enough");
        assert_eq!(presence.basic(), Some(Basic::Closed));
        assert_eq!(presence.tuples[0].id, "");
    }

    #[test]
    fn other_documents_are_refused() {
        let table = [
            ("<presence/>", "<presence> has no usable entity"),
            (
                "<dialog-info entity='a'/>",
                "the body begins with <dialog-info>, expected <presence>",
            ),
            (
                "<presence xmlns='urn:z' entity='a'/>",
                "the body begins with <presence> of namespace \"urn:z\", expected <presence>",
            ),
        ];
        for (text, expected) in table {
            let error = Presence::parse(text.as_bytes()).expect_err(text);
            assert_eq!(error.to_string(), expected);
        }
        assert_eq!(Presence::new("sip:a@b").basic(), None);
    }
}
