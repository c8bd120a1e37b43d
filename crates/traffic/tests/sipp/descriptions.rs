//! Descriptions with keys are told to the media.

use crate::bench::{Script, send};

fn told(line: &str, actions: &str) -> Vec<String> {
    let body = format!("Content-Length: [len]\n\nm=audio 6000 RTP/SAVP 0\n{line}");
    let answer = send("200", "").replace("Content-Length: 0", &body);
    let elements = format!("<recv request=\"INVITE\"/>{answer}{actions}<recv request=\"ACK\"/>");
    let mut side = Script::new(&elements).side();
    side.peer("INVITE||m=audio 7000 RTP/SAVP 0\r\na=crypto:1 x inline:y\r\n");
    let told = side.world.media.iter();
    told.filter(|order| order.contains("Description"))
        .map(|order| order.split('(').next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn both_descriptions_are_told_if_keys_are_drawn_and_media_played() {
    let keys =
        "a=crypto:[cryptotag1audio] [cryptosuitenullsha1801audio] inline:[cryptokeyparams1audio]";
    let echo = "<nop><action><exec rtp_echo=\"startaudio,0\"/></action></nop>";
    let both = ["0 PeerDescription", "0 OwnDescription"];
    assert_eq!(told(keys, echo), both);
    assert_eq!(told(keys, ""), [""; 0]);
    assert_eq!(told("a=crypto:1 NULL_HMAC_SHA1_80 inline:x", echo), [""; 0]);
}
