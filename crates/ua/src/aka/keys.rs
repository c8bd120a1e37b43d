//! A subscriber's keys and the functions of Milenage over them (3GPP TS 35.206 4.1).

use milenage::Milenage;

/// K and OPc of one subscriber.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SubscriberKeys {
    k: [u8; 16],
    opc: [u8; 16],
}

/// What f2 to f5 make of one RAND.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AkaVector {
    /// RES, the answer to the challenge (f2).
    pub res: [u8; 8],
    /// CK, the confidentiality key (f3).
    pub ck: [u8; 16],
    /// IK, the integrity key (f4).
    pub ik: [u8; 16],
    /// AK, which hides the sequence number (f5).
    pub ak: [u8; 6],
}

impl SubscriberKeys {
    /// Keys from K and the operator's OP; OPc is computed.
    pub fn with_op(k: &[u8; 16], op: &[u8; 16]) -> Self {
        let opc = *Milenage::new_with_op(*k, *op).opc();
        Self { k: *k, opc }
    }

    /// Keys from K and OPc, the form that SIM cards store.
    pub fn with_opc(k: &[u8; 16], opc: &[u8; 16]) -> Self {
        Self { k: *k, opc: *opc }
    }

    /// OPc.
    pub fn opc(&self) -> &[u8; 16] {
        &self.opc
    }

    /// f1: the MAC with which the network proves that it knows the keys.
    pub fn f1(&self, rand: &[u8; 16], sqn: [u8; 6], amf: [u8; 2]) -> [u8; 8] {
        self.milenage().f1(rand, &sqn, &amf)
    }

    /// f1*: the MAC of a resynchronisation.
    pub fn f1_star(&self, rand: &[u8; 16], sqn: [u8; 6], amf: [u8; 2]) -> [u8; 8] {
        self.milenage().f1star(rand, &sqn, &amf)
    }

    /// f2 to f5.
    pub fn f2345(&self, rand: &[u8; 16]) -> AkaVector {
        let (res, ck, ik, ak) = self.milenage().f2345(rand);
        AkaVector { res, ck, ik, ak }
    }

    /// f5*: the key that hides the sequence number in a resynchronisation.
    pub fn f5_star(&self, rand: &[u8; 16]) -> [u8; 6] {
        self.milenage().f5star(rand)
    }

    fn milenage(&self) -> Milenage {
        Milenage::new_with_opc(self.k, self.opc)
    }
}

/// Keeps keys out of logs and failure messages.
impl std::fmt::Debug for SubscriberKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubscriberKeys(..)")
    }
}

/// Puts a sequence number under its anonymity key, or takes it out again.
pub(super) fn xor(a: [u8; 6], b: [u8; 6]) -> [u8; 6] {
    std::array::from_fn(|index| a[index] ^ b[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_not_show_in_debug_output() {
        let keys = SubscriberKeys::with_opc(&[0x41; 16], &[0x42; 16]);
        assert_eq!(format!("{keys:?}"), "SubscriberKeys(..)");
    }
}
