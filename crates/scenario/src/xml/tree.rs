use std::ops::Range;

/// An element with everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The name of its tags.
    pub name: String,
    /// The name in the opening tag.
    pub name_span: Range<usize>,
    /// From the opening tag to the end of the closing tag.
    pub span: Range<usize>,
    /// In the order of the file; Seagull knows attributes that stand several times.
    pub attributes: Vec<Attribute>,
    /// What stands between the tags, in the order of the file.
    pub children: Vec<Node>,
}

/// An attribute of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name before `=`.
    pub name: String,
    /// Where the name stands.
    pub name_span: Range<usize>,
    /// The value, escapes and entities decoded.
    pub value: String,
    /// Where the value stands, without its quotes.
    pub value_span: Range<usize>,
}

/// What can stand in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// A text.
    Cdata(Cdata),
}

/// The text of a CDATA section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cdata {
    /// The text, escapes decoded.
    pub text: String,
    /// Where the text stands, without its brackets.
    pub span: Range<usize>,
}

impl Element {
    /// The first attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// The elements in it, in the order of the file.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Cdata(_) => None,
        })
    }

    /// The texts in it, in the order of the file.
    pub fn cdatas(&self) -> impl Iterator<Item = &Cdata> {
        self.children.iter().filter_map(|node| match node {
            Node::Cdata(cdata) => Some(cdata),
            Node::Element(_) => None,
        })
    }
}
