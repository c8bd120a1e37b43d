//! Octets to a tree, within bounds.

use quick_xml::NsReader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::element::{Attribute, Element, Node};
use super::error::BodyError;

/// Most octets of a body that is read.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// Most elements and pieces of text in a body.
const NODES_MAX: usize = 20_000;

/// Most levels of elements.
const DEPTH_MAX: usize = 32;

/// Most attributes of an element.
const ATTRIBUTES_MAX: usize = 64;

/// Longest name of a namespace in octets: each element that is in it has a copy.
const NAMESPACE_BYTES_MAX: usize = 256;

/// Reads an XML document.
///
/// # Errors
/// If it is not well-formed, has a document type declaration or is beyond a bound.
pub fn parse_element(bytes: &[u8]) -> Result<Element, BodyError> {
    if bytes.len() > BODY_BYTES_MAX {
        return Err(too_big("octets", bytes.len(), BODY_BYTES_MAX));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| BodyError::NotUtf8 {
        at: error.valid_up_to(),
    })?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    let mut tree = Tree::default();
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(not_xml(&error.to_string(), reader.error_position())),
        };
        let at = reader.buffer_position();
        match event {
            Event::Start(start) => {
                let element = element_of(&reader, &start, at)?;
                tree.open(element)?;
            }
            Event::Empty(start) => {
                let element = element_of(&reader, &start, at)?;
                tree.open(element)?;
                tree.close(at)?;
            }
            Event::End(_) => tree.close(at)?,
            Event::Text(text) => {
                let text = text.xml10_content();
                tree.text(&text.map_err(|error| not_xml(&error.to_string(), at))?, at)?;
            }
            Event::CData(text) => {
                let text = text.xml10_content();
                tree.text(&text.map_err(|error| not_xml(&error.to_string(), at))?, at)?;
            }
            Event::GeneralRef(reference) => tree.text(&resolved(&reference, at)?, at)?,
            Event::DocType(_) => return Err(BodyError::Doctype),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return tree.finish(at),
        }
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Tree {
    /// The elements that are not closed yet, outermost first.
    open: Vec<Element>,
    root: Option<Element>,
    nodes: usize,
}

impl Tree {
    fn count(&mut self) -> Result<(), BodyError> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(too_big("elements", self.nodes, NODES_MAX));
        }
        Ok(())
    }

    fn open(&mut self, element: Element) -> Result<(), BodyError> {
        self.count()?;
        self.open.push(element);
        if self.open.len() > DEPTH_MAX {
            return Err(too_big("levels", self.open.len(), DEPTH_MAX));
        }
        Ok(())
    }

    fn close(&mut self, at: u64) -> Result<(), BodyError> {
        let Some(mut element) = self.open.pop() else {
            return Err(not_xml("an end without a beginning", at));
        };
        let is_blank = |node: &Node| matches!(node, Node::Text(text) if text.trim().is_empty());
        if element.elements().next().is_some() {
            element.children.retain(|node| !is_blank(node));
        }
        match self.open.last_mut() {
            Some(parent) => parent.push(element),
            None if self.root.is_none() => self.root = Some(element),
            None => return Err(not_xml("a second root element", at)),
        }
        Ok(())
    }

    /// Text, which may come in pieces.
    fn text(&mut self, text: &str, at: u64) -> Result<(), BodyError> {
        self.count()?;
        match self.open.last_mut() {
            Some(element) => {
                if let Some(Node::Text(before)) = element.children.last_mut() {
                    before.push_str(text);
                } else {
                    element.children.push(Node::Text(text.to_owned()));
                }
                Ok(())
            }
            None if text.trim().is_empty() => Ok(()),
            None => Err(not_xml("text outside the root element", at)),
        }
    }

    fn finish(self, at: u64) -> Result<Element, BodyError> {
        if let Some(open) = self.open.last() {
            return Err(not_xml(&format!("<{}> is never closed", open.name), at));
        }
        self.root.ok_or_else(|| not_xml("there is no element", at))
    }
}

/// A start tag; `at` says where it is.
fn element_of(
    reader: &NsReader<&[u8]>,
    start: &BytesStart<'_>,
    at: u64,
) -> Result<Element, BodyError> {
    let (namespace, local) = reader.resolver().resolve_element(start.name());
    let mut element = Element {
        namespace: namespace_of(&namespace)?,
        name: text_of(local.as_ref()),
        ..Element::default()
    };
    let mut attributes = start.attributes();
    // Its own check compares each with each before any bound applies.
    attributes.with_checks(false);
    for (index, attribute) in attributes.enumerate() {
        let attribute = attribute.map_err(|error| not_xml(&error.to_string(), at))?;
        if index >= ATTRIBUTES_MAX {
            return Err(too_big(
                "attributes in one element",
                index + 1,
                ATTRIBUTES_MAX,
            ));
        }
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
        let value = text_of(&attribute.value);
        let value = unescape(&value).map_err(|error| not_xml(&error.to_string(), at))?;
        let attribute = Attribute {
            namespace: namespace_of(&namespace)?,
            name: text_of(local.as_ref()),
            value: value.into_owned(),
        };
        let twice = |other: &Attribute| {
            other.name == attribute.name && other.namespace == attribute.namespace
        };
        if element.attributes.iter().any(twice) {
            let why = format!("the attribute {} stands twice", attribute.name);
            return Err(not_xml(&why, at));
        }
        element.attributes.push(attribute);
    }
    Ok(element)
}

fn namespace_of(resolved: &ResolveResult<'_>) -> Result<Option<String>, BodyError> {
    match resolved {
        ResolveResult::Bound(namespace) => {
            let name = namespace.as_ref();
            if name.len() > NAMESPACE_BYTES_MAX {
                let what = "octets in the name of a namespace";
                return Err(too_big(what, name.len(), NAMESPACE_BYTES_MAX));
            }
            Ok(Some(text_of(name)).filter(|name| !name.is_empty()))
        }
        ResolveResult::Unbound | ResolveResult::Unknown(_) => Ok(None),
    }
}

/// Parts of a text that is known to be UTF-8.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `&#65;` or one of the five names that need no declaration.
fn resolved(reference: &BytesRef<'_>, at: u64) -> Result<String, BodyError> {
    let broken = |why: String| not_xml(&why, at);
    if let Some(character) = reference
        .resolve_char_ref()
        .map_err(|error| broken(error.to_string()))?
    {
        return Ok(character.to_string());
    }
    let name = reference
        .decode()
        .map_err(|error| broken(error.to_string()))?;
    match resolve_predefined_entity(&name) {
        Some(text) => Ok(text.to_owned()),
        None => Err(broken(format!("unknown entity &{name};"))),
    }
}

fn too_big(what: &'static str, found: usize, max: usize) -> BodyError {
    BodyError::TooBig { what, found, max }
}

fn not_xml(why: &str, at: u64) -> BodyError {
    BodyError::NotXml {
        why: why.to_owned(),
        at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_references_and_text_are_resolved() {
        let text = "\u{feff}<?xml version=\"1.0\"?>\n<!-- one -->\n<a xmlns=\"urn:x\" xmlns:p=\"urn:y\">\r\n\
                    <p:b c='1 &lt; &#50;' p:d='e'/> <f xmlns=''>x &amp; <![CDATA[<y>]]>&#x21;</f></a>\n";
        let root = parse_element(text.as_bytes()).expect("well-formed");
        assert_eq!(root.namespace.as_deref(), Some("urn:x"));
        let children: Vec<_> = root.elements().collect();
        assert_eq!(children.len(), root.children.len(), "blank text is dropped");
        assert!(children[0].is("urn:y", "b") && !children[0].is("urn:x", "b"));
        assert_eq!(children[0].attribute("c"), Some("1 < 2"));
        assert_eq!(children[0].attribute("d"), None, "it is in a namespace");
        assert_eq!(children[1].namespace, None);
        assert_eq!(children[1].text(), "x & <y>!");
    }

    #[test]
    fn what_is_broken_or_hostile_is_refused_by_name() {
        let table: [(&str, &str); 9] = [
            ("", "no element"),
            ("plain", "outside the root"),
            ("<a>", "never closed"),
            ("<a></b>", "not well-formed"),
            ("<a/><b/>", "second root"),
            ("<a b='1' b='2'/>", "twice"),
            ("<a>&lol;</a>", "unknown entity &lol;"),
            ("<!DOCTYPE a [<!ENTITY l 'l'>]><a>&l;</a>", "document type"),
            ("<a b='&lol;'/>", "not well-formed"),
        ];
        for (text, expected) in table {
            let error = parse_element(text.as_bytes()).expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let error = parse_element(b"<a>\xff</a>").expect_err("no UTF-8");
        assert_eq!(error, BodyError::NotUtf8 { at: 3 });
    }

    #[test]
    fn every_bound_holds() {
        let deep = "<a>".repeat(80_000);
        let wide = format!("<a>{}</a>", "<b/>".repeat(NODES_MAX));
        let attributes: Vec<String> = (0..10_000).map(|n| format!(" b{n}=''")).collect();
        let attributes = attributes.concat();
        let attributes = format!("<a{attributes}/>");
        let namespace = format!("<a xmlns='{}'/>", "x".repeat(NAMESPACE_BYTES_MAX + 1));
        let octets = " ".repeat(BODY_BYTES_MAX + 1);
        for text in [deep, wide, attributes, namespace, octets] {
            let error = parse_element(text.as_bytes()).expect_err("too big");
            assert!(matches!(error, BodyError::TooBig { .. }), "{error}");
        }
        let just = format!("{}{}", "<a>".repeat(DEPTH_MAX), "</a>".repeat(DEPTH_MAX));
        parse_element(just.as_bytes()).expect("as deep as may be");
    }
}
