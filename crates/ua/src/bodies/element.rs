//! XML as a tree of owned values.

/// An element with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// The namespace name; `None` if it has none, or if its prefix was never declared.
    pub namespace: Option<String>,
    /// The name without prefix.
    pub name: String,
    /// Attributes in order, without the declarations of namespaces.
    pub attributes: Vec<Attribute>,
    /// What is in it, in order. Blank text between elements is left out.
    pub children: Vec<Node>,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The namespace name, for names with a prefix.
    pub namespace: Option<String>,
    /// The name without prefix.
    pub name: String,
    /// The value, references resolved.
    pub value: String,
}

/// What stands in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text, references resolved.
    Text(String),
}

impl Element {
    /// An empty element of a namespace.
    pub fn new(namespace: &str, name: &str) -> Self {
        Self {
            namespace: Some(namespace.to_owned()),
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// The same with an attribute without namespace.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push(Attribute {
            namespace: None,
            name: name.to_owned(),
            value: value.into(),
        });
        self
    }

    /// The same with an attribute if there is a value.
    pub fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with text.
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// The same with a child.
    pub fn with_child(mut self, child: Self) -> Self {
        self.push(child);
        self
    }

    /// Adds a child.
    pub fn push(&mut self, child: Self) {
        self.children.push(Node::Element(child));
    }

    /// The value of an attribute without namespace.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = |a: &&Attribute| a.namespace.is_none() && a.name == name;
        self.attributes.iter().find(found).map(|a| a.value.as_str())
    }

    /// The elements directly in it.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The text directly in it, without blanks around.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for node in &self.children {
            if let Node::Text(part) = node {
                text.push_str(part);
            }
        }
        text.trim().to_owned()
    }

    /// Whether it is this element of this namespace. An element without any namespace is taken for
    /// it too: devices forget the declaration.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        let same = |own: &String| own == namespace;
        self.name == name && self.namespace.as_ref().is_none_or(same)
    }

    /// The first element of this name directly in it.
    pub fn child(&self, namespace: &str, name: &str) -> Option<&Self> {
        self.elements().find(|child| child.is(namespace, name))
    }
    /// Name and namespace, for errors.
    pub(super) fn described(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("<{}> of namespace \"{namespace}\"", self.name),
            None => format!("<{}>", self.name),
        }
    }
}
