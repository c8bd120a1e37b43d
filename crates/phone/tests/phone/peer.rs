//! A peer that does what the test says, datagram by datagram.

use std::net::SocketAddr;
use std::time::Duration;

use gannet_sip::{Message, MessageBuilder, Method};
use tokio::net::UdpSocket;

pub(crate) struct Peer {
    socket: UdpSocket,
    pub(crate) address: SocketAddr,
    phone: SocketAddr,
}

impl Peer {
    /// `phone` is where messages go.
    pub(crate) async fn bind(phone: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("bound");
        Self {
            socket,
            address,
            phone,
        }
    }

    /// Before its phone exists: the first message tells where it is.
    pub(crate) async fn server() -> Self {
        Self::bind(([127, 0, 0, 1], 9).into()).await
    }

    /// The same peer for a phone that is there now.
    pub(crate) fn bind_as(peer: Self, phone: SocketAddr) -> Self {
        Self { phone, ..peer }
    }

    pub(crate) async fn send(&self, message: &MessageBuilder) {
        self.socket
            .send_to(&message.build(), self.phone)
            .await
            .expect("sent");
    }

    pub(crate) async fn receive(&mut self) -> Message {
        let mut bytes = vec![0; 65_535];
        let received =
            tokio::time::timeout(Duration::from_secs(10), self.socket.recv_from(&mut bytes));
        let (length, source) = received
            .await
            .expect("a message in time")
            .expect("a message");
        self.phone = source;
        bytes.truncate(length);
        Message::parse(bytes)
    }

    /// The next message with this title, others passed over.
    pub(crate) async fn expect(&mut self, title: &str) -> Message {
        loop {
            let message = self.receive().await;
            if message.title() == title {
                return message;
            }
        }
    }

    pub(crate) async fn answer(&self, request: &Message, code: u16, headers: &[(&str, &str)]) {
        let tag = Some("peer");
        let mut response = gannet_ua::response_to(request, self.phone, code, tag);
        for (name, value) in headers {
            response.push(*name, *value);
        }
        self.send(&response).await;
    }

    /// A request with everything it needs; `to_tag` puts it inside a dialog.
    pub(crate) fn request(
        &self,
        method: &Method,
        cseq: u32,
        to_tag: Option<&str>,
    ) -> MessageBuilder {
        let to_tag = to_tag.map_or_else(String::new, |tag| format!(";tag={tag}"));
        let (here, there) = (self.address, self.phone);
        let branch = format!("z9hG4bK{method}{cseq}");
        MessageBuilder::request(method, format!("sip:phone@{there}"))
            .header("Via", format!("SIP/2.0/UDP {here};branch={branch};rport"))
            .header("Max-Forwards", "70")
            .header("From", "\"Peer\" <sip:peer@127.0.0.1>;tag=peer")
            .header("To", format!("<sip:phone@127.0.0.1>{to_tag}"))
            .header("Call-ID", format!("call@{here}"))
            .header("CSeq", format!("{cseq} {method}"))
            .header("Contact", format!("<sip:peer@{here}>"))
    }
}

/// A description with PCMA and PCMU.
pub(crate) fn offer(port: u16, direction: &str) -> String {
    format!(
        "v=0\r\no=- 1 {port} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 8 0\r\na={direction}\r\n"
    )
}
