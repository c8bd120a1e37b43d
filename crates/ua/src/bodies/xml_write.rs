//! A tree to text.

use std::fmt::Write as _;

use super::element::{Element, Node};

/// The namespace of `xml:lang`; its prefix needs no declaration.
const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

impl Element {
    /// The document with this root. Its namespace becomes the default one; others get the prefix
    /// that `prefixes` (namespace, prefix) has for them, or `ns1`, `ns2` and so on.
    pub fn to_document(&self, prefixes: &[(&str, &str)]) -> String {
        let mut names = Names::new(self);
        self.each(&mut |element| names.note(element, prefixes));
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        names.write(&mut text, self, 0);
        text
    }

    fn each<'a>(&'a self, f: &mut impl FnMut(&'a Self)) {
        f(self);
        for child in self.elements() {
            child.each(f);
        }
    }
}

/// The prefixes of a document.
struct Names<'a> {
    /// The namespace of names without prefix.
    default: Option<&'a str>,
    /// All others with their prefixes.
    prefixes: Vec<(&'a str, String)>,
}

impl<'a> Names<'a> {
    fn new(root: &'a Element) -> Self {
        let mut bare = false;
        root.each(&mut |element| bare |= element.namespace.is_none());
        Self {
            // With a default namespace, elements without any could not be written.
            default: root.namespace.as_deref().filter(|_| !bare),
            prefixes: Vec::new(),
        }
    }

    fn note(&mut self, element: &'a Element, known: &[(&str, &str)]) {
        let own = element
            .namespace
            .as_deref()
            .filter(|n| Some(*n) != self.default);
        let attributes = element.attributes.iter();
        let attributes = attributes.filter_map(|attribute| attribute.namespace.as_deref());
        for namespace in own.into_iter().chain(attributes) {
            let noted = self.prefixes.iter().any(|(other, _)| *other == namespace);
            if noted || namespace == XML_NAMESPACE {
                continue;
            }
            let wanted = known.iter().find(|(other, _)| *other == namespace);
            let prefix = match wanted {
                Some((_, prefix)) => (*prefix).to_owned(),
                None => format!("ns{}", self.prefixes.len() + 1),
            };
            self.prefixes.push((namespace, prefix));
        }
    }

    fn prefix(&self, namespace: &str) -> &str {
        let found = self.prefixes.iter().find(|(other, _)| *other == namespace);
        found.map_or("xml", |(_, prefix)| prefix)
    }

    /// `level` 0 is the root, which declares everything.
    fn write(&self, out: &mut String, element: &Element, level: usize) {
        let indent = "  ".repeat(level);
        let name = match element.namespace.as_deref() {
            Some(namespace) if Some(namespace) != self.default => {
                format!("{}:{}", self.prefix(namespace), element.name)
            }
            _ => element.name.clone(),
        };
        let _ = write!(out, "{indent}<{name}");
        if level == 0 {
            if let Some(default) = self.default {
                push_attribute(out, "xmlns", default);
            }
            for (namespace, prefix) in &self.prefixes {
                push_attribute(out, &format!("xmlns:{prefix}"), namespace);
            }
        }
        for attribute in &element.attributes {
            let name = match attribute.namespace.as_deref() {
                Some(namespace) => format!("{}:{}", self.prefix(namespace), attribute.name),
                None => attribute.name.clone(),
            };
            push_attribute(out, &name, &attribute.value);
        }
        if element.children.is_empty() {
            out.push_str("/>\n");
            return;
        }
        out.push('>');
        // Blanks would become part of text that stands beside them.
        let has_text = element
            .children
            .iter()
            .any(|node| matches!(node, Node::Text(_)));
        if !has_text {
            out.push('\n');
        }
        for node in &element.children {
            match node {
                Node::Text(text) => push_escaped(out, text, false),
                Node::Element(child) if has_text => {
                    let mut inner = String::new();
                    self.write(&mut inner, child, level.max(1));
                    out.push_str(inner.trim());
                }
                Node::Element(child) => self.write(out, child, level + 1),
            }
        }
        let indent = if has_text { "" } else { &indent };
        let _ = writeln!(out, "{indent}</{name}>");
    }
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, " {name}=\"");
    push_escaped(out, value, true);
    out.push('"');
}

/// Text that an XML reader gives back as it is. Characters that XML does not have (XML 1.0 2.2)
/// become U+FFFD.
fn push_escaped(out: &mut String, text: &str, in_attribute: bool) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' if in_attribute => {
                let _ = write!(out, "&#{};", u32::from(character));
            }
            '\n' | '\t' => out.push(character),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::xml_read::parse_element;
    use super::*;

    #[test]
    fn what_was_written_reads_the_same() {
        let text = "<a xmlns=\"urn:x\" xmlns:p=\"urn:y\"><p:b c=\"&lt;&quot;&#10;\" p:d=\"e\">1 &amp; 2\
                    <p:i>3</p:i> 4</p:b><g xml:lang=\"de\"/><q xmlns=\"urn:z\"><r/></q></a>";
        let root = parse_element(text.as_bytes()).expect("well-formed");
        let written = root.to_document(&[("urn:y", "why")]);
        assert!(
            written.contains("<why:b c=\"&lt;&quot;&#10;\" why:d=\"e\">"),
            "{written}"
        );
        assert!(written.contains("xml:lang=\"de\""), "{written}");
        assert_eq!(parse_element(written.as_bytes()).expect(&written), root);
    }

    #[test]
    fn elements_without_namespace_stay_so() {
        let mut root = Element::new("urn:x", "a");
        root.push(Element {
            name: "b".into(),
            ..Element::default()
        });
        let written = root.to_document(&[]);
        assert_eq!(parse_element(written.as_bytes()).expect(&written), root);
    }

    #[test]
    fn characters_that_xml_lacks_are_replaced() {
        let root = Element::new("urn:x", "a").with_text("1\u{1}2\r3");
        let written = root.to_document(&[]);
        let read = parse_element(written.as_bytes()).expect(&written);
        assert_eq!(read.text(), "1\u{fffd}2\r3");
    }
}
