use gannet_diag::SourceFile;

/// How the characters of a [`SourceFile`] stand for the bytes of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The file is UTF-8.
    Utf8,
    /// Each byte of the file is one character (ISO-8859-1).
    Bytes,
}

/// Takes the bytes of a file that is shown as `name`. What the file says about its encoding is not
/// looked at: what is UTF-8 is read as such, in anything else each byte is one character.
pub fn source_from_bytes(name: impl Into<String>, bytes: &[u8]) -> (SourceFile, Encoding) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (SourceFile::new(name, text), Encoding::Utf8);
    }
    let text: String = bytes.iter().copied().map(char::from).collect();
    (SourceFile::new(name, text), Encoding::Bytes)
}

impl Encoding {
    /// The bytes that stood in the file for a piece of its text.
    pub fn bytes(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            // Texts of such a file hold no other characters; any that a caller brings along keeps
            // its own form.
            Self::Bytes => {
                let mut bytes = Vec::with_capacity(text.len());
                for character in text.chars() {
                    if let Ok(byte) = u8::try_from(character) {
                        bytes.push(byte);
                    } else {
                        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                bytes
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_gives_its_own_bytes_back() {
        let all: Vec<u8> = (0..=255).collect();
        let cases: [(&[u8], Encoding); 4] = [
            (b"", Encoding::Utf8),
            ("Zo\u{eb} \u{1f4de}".as_bytes(), Encoding::Utf8),
            (b"Zo\xeb", Encoding::Bytes),
            (&all, Encoding::Bytes),
        ];
        for (bytes, expected) in cases {
            let (source, encoding) = source_from_bytes("f", bytes);
            assert_eq!(encoding, expected);
            assert_eq!(encoding.bytes(source.text()), bytes);
        }
    }
}
