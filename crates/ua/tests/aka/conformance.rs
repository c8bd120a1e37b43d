//! The test sets of 3GPP TS 35.208 4.3: every function of Milenage, and the challenge that a
//! network would make of them.

use gannet_ua::aka::{AkaNonce, SubscriberKeys};

/// Numbers as the document prints them, most significant octet first.
struct TestSet {
    k: u128,
    op: u128,
    opc: u128,
    rand: u128,
    sqn: u64,
    amf: u16,
    f1: u64,
    f1_star: u64,
    f2: u64,
    f3: u128,
    f4: u128,
    f5: u64,
    f5_star: u64,
}

const TEST_SETS: [TestSet; 6] = [
    TestSet {
        k: 0x465b_5ce8_b199_b49f_aa5f_0a2e_e238_a6bc,
        op: 0xcdc2_02d5_123e_20f6_2b6d_676a_c72c_b318,
        opc: 0xcd63_cb71_954a_9f4e_48a5_994e_37a0_2baf,
        rand: 0x2355_3cbe_9637_a89d_218a_e64d_ae47_bf35,
        sqn: 0xff9b_b4d0_b607,
        amf: 0xb9b9,
        f1: 0x4a9f_fac3_54df_afb3,
        f1_star: 0x01cf_af9e_c4e8_71e9,
        f2: 0xa542_11d5_e3ba_50bf,
        f3: 0xb40b_a9a3_c58b_2a05_bbf0_d987_b21b_f8cb,
        f4: 0xf769_bcd7_5104_4604_1276_7271_1c6d_3441,
        f5: 0xaa68_9c64_8370,
        f5_star: 0x451e_8bec_a43b,
    },
    TestSet {
        k: 0x0396_eb31_7b6d_1c36_f19c_1c84_cd6f_fd16,
        op: 0xff53_bade_17df_5d4e_7930_73ce_9d75_79fa,
        opc: 0x53c1_5671_c60a_4b73_1c55_b4a4_41c0_bde2,
        rand: 0xc00d_6031_03dc_ee52_c447_8119_4942_02e8,
        sqn: 0xfd8e_ef40_df7d,
        amf: 0xaf17,
        f1: 0x5df5_b318_07e2_58b0,
        f1_star: 0xa8c0_16e5_1ef4_a343,
        f2: 0xd3a6_28ed_9886_20f0,
        f3: 0x58c4_33ff_7a70_82ac_d424_220f_2b67_c556,
        f4: 0x21a8_c1f9_2970_2adb_3e73_8488_b9f5_c5da,
        f5: 0xc477_8399_5f72,
        f5_star: 0x30f1_1970_61c1,
    },
    TestSet {
        k: 0xfec8_6ba6_eb70_7ed0_8905_757b_1bb4_4b8f,
        op: 0xdbc5_9adc_b6f9_a0ef_7354_77b7_fadf_8374,
        opc: 0x1006_020f_0a47_8bf6_b699_f15c_062e_42b3,
        rand: 0x9f7c_8d02_1acc_f4db_213c_cff0_c7f7_1a6a,
        sqn: 0x9d02_7759_5ffc,
        amf: 0x725c,
        f1: 0x9cab_c3e9_9baf_7281,
        f1_star: 0x9581_4ba2_b304_4324,
        f2: 0x8011_c48c_0c21_4ed2,
        f3: 0x5dbd_bb29_54e8_f3cd_e665_b046_179a_5098,
        f4: 0x59a9_2d3b_476a_0443_4870_55cf_88b2_307b,
        f5: 0x3348_4dc2_136b,
        f5_star: 0xdeac_dd84_8cc6,
    },
    TestSet {
        k: 0x9e59_44ae_a94b_8116_5c82_fbf9_f32d_b751,
        op: 0x2230_14c5_8066_94c0_07ca_1eee_f57f_004f,
        opc: 0xa64a_507a_e1a2_a98b_b88e_b421_0135_dc87,
        rand: 0xce83_dbc5_4ac0_274a_157c_17f8_0d01_7bd6,
        sqn: 0x0b60_4a81_eca8,
        amf: 0x9e09,
        f1: 0x74a5_8220_cba8_4c49,
        f1_star: 0xac2c_c74a_9687_1837,
        f2: 0xf365_cd68_3cd9_2e96,
        f3: 0xe203_edb3_9715_74f5_a94b_0d61_b816_345d,
        f4: 0x0c45_24ad_eac0_41c4_dd83_0d20_854f_c46b,
        f5: 0xf0b9_c08a_d02e,
        f5_star: 0x6085_a86c_6f63,
    },
    TestSet {
        k: 0x4ab1_deb0_5ca6_ceb0_51fc_98e7_7d02_6a84,
        op: 0x2d16_c5cd_1fdf_6b22_3835_84e3_bef2_a8d8,
        opc: 0xdcf0_7cbd_5185_5290_b92a_07a9_891e_523e,
        rand: 0x74b0_cd60_31a1_c833_9b2b_6ce2_b8c4_a186,
        sqn: 0xe880_a1b5_80b6,
        amf: 0x9f07,
        f1: 0x49e7_85dd_1262_6ef2,
        f1_star: 0x9e85_7903_36bb_3fa2,
        f2: 0x5860_fc1b_ce35_1e7e,
        f3: 0x7657_766b_373d_1c21_38f3_07e3_de92_42f9,
        f4: 0x1c42_e960_d89b_8fa9_9f27_44e0_708c_cb53,
        f5: 0x31e1_1a60_9118,
        f5_star: 0xfe25_55e5_4aa9,
    },
    TestSet {
        k: 0x6c38_a116_ac28_0c45_4f59_332e_e35c_8c4f,
        op: 0x1ba0_0a1a_7c67_00ac_8c3f_f3e9_6ad0_8725,
        opc: 0x3803_ef53_63b9_47c6_aaa2_25e5_8fae_3934,
        rand: 0xee64_66bc_9620_2c5a_557a_bbef_f8ba_bf63,
        sqn: 0x414b_9822_2181,
        amf: 0x4464,
        f1: 0x078a_dfb4_8824_1a57,
        f1_star: 0x8024_6b8d_0186_bcf1,
        f2: 0x16c8_233f_05a0_ac28,
        f3: 0x3f8c_7587_fe8e_4b23_3af6_76ae_de30_ba3b,
        f4: 0xa746_6cc1_e6b2_a133_7d49_d3b6_6e95_d7b4,
        f5: 0x45b0_f69a_b06c,
        f5_star: 0x1f53_cd2b_1113,
    },
];

/// SQN, AK and AK* have 48 bits.
fn six_octets(number: u64) -> [u8; 6] {
    let [_, _, octets @ ..] = number.to_be_bytes();
    octets
}

#[test]
fn every_function_gives_the_published_values() {
    for (index, set) in TEST_SETS.iter().enumerate() {
        let number = index + 1;
        let keys = SubscriberKeys::with_op(&set.k.to_be_bytes(), &set.op.to_be_bytes());
        assert_eq!(keys.opc(), &set.opc.to_be_bytes(), "OPc of set {number}");
        let from_opc = SubscriberKeys::with_opc(&set.k.to_be_bytes(), &set.opc.to_be_bytes());
        assert_eq!(from_opc, keys, "keys of set {number}");

        let (rand, sqn, amf) = (
            set.rand.to_be_bytes(),
            six_octets(set.sqn),
            set.amf.to_be_bytes(),
        );
        let f1 = keys.f1(&rand, sqn, amf);
        assert_eq!(f1, set.f1.to_be_bytes(), "f1 of set {number}");
        let f1_star = keys.f1_star(&rand, sqn, amf);
        assert_eq!(f1_star, set.f1_star.to_be_bytes(), "f1* of set {number}");
        let vector = keys.f2345(&rand);
        assert_eq!(vector.res, set.f2.to_be_bytes(), "f2 of set {number}");
        assert_eq!(vector.ck, set.f3.to_be_bytes(), "f3 of set {number}");
        assert_eq!(vector.ik, set.f4.to_be_bytes(), "f4 of set {number}");
        assert_eq!(vector.ak, six_octets(set.f5), "f5 of set {number}");
        let f5_star = keys.f5_star(&rand);
        assert_eq!(f5_star, six_octets(set.f5_star), "f5* of set {number}");
    }
}

#[test]
fn a_challenge_of_each_set_is_answered_with_its_res() {
    for (index, set) in TEST_SETS.iter().enumerate() {
        let number = index + 1;
        let keys = SubscriberKeys::with_opc(&set.k.to_be_bytes(), &set.opc.to_be_bytes());
        let sqn = six_octets(set.sqn);
        let amf = set.amf.to_be_bytes();
        let nonce = AkaNonce::issue(&keys, set.rand.to_be_bytes(), sqn, amf);
        assert_eq!(nonce.mac, set.f1.to_be_bytes(), "MAC of set {number}");

        let read = AkaNonce::parse(nonce.to_string().as_bytes()).expect("own nonce");
        let answer = read.answer(&keys);
        assert_eq!(answer.res, set.f2.to_be_bytes(), "RES of set {number}");
        assert_eq!(answer.sqn, sqn, "SQN of set {number}");
        assert!(answer.mac_matches, "MAC of set {number}");
    }
}
