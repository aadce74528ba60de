//! Seeded random numbers, and values at the ends of every range.
use rust_decimal::Decimal;

#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() % n as u64) as usize }
    }
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
    pub fn u64(&mut self) -> u64 {
        match self.below(6) {
            0 => *self.pick(&[
                0,
                1,
                2,
                u64::MAX,
                u64::MAX - 1,
                i64::MAX as u64,
                i64::MAX as u64 + 1,
                1 << 32,
                1 << 53,
                1 << 62,
            ]),
            1 => self.next(),
            2 => self.next() >> self.below(64),
            _ => self.below(20) as u64,
        }
    }
    pub fn i64(&mut self) -> i64 {
        match self.below(6) {
            0 => *self.pick(&[
                0,
                1,
                -1,
                i64::MAX,
                i64::MIN,
                i64::MAX - 1,
                i64::MIN + 1,
                1 << 53,
                -(1 << 53),
                1 << 32,
            ]),
            1 => self.next() as i64,
            2 => (self.next() as i64) >> self.below(64),
            _ => self.below(20) as i64 - 5,
        }
    }
    pub fn i128(&mut self) -> i128 {
        match self.below(6) {
            0 => *self.pick(&[
                0,
                1,
                -1,
                i128::MAX,
                i128::MIN,
                i128::MAX - 1,
                i128::MIN + 1,
                (1 << 96) - 1,
                1 << 96,
                -(1 << 96),
                1 << 64,
                1 << 63,
                1 << 126,
                1 << 127 >> 1,
            ]),
            1 => ((self.next() as i128) << 64 | self.next() as i128) >> self.below(128),
            2 => self.i64() as i128,
            _ => self.below(1000) as i128 - 5,
        }
    }
    pub fn u32(&mut self) -> u32 {
        match self.below(6) {
            0 => *self.pick(&[
                0,
                1,
                u32::MAX,
                u32::MAX - 1,
                i32::MAX as u32,
                1 << 31,
                1 << 16,
                65535,
                28,
                29,
                30,
            ]),
            1 => self.next() as u32,
            _ => self.below(20) as u32,
        }
    }
    pub fn i32(&mut self) -> i32 {
        match self.below(6) {
            0 => *self.pick(&[0, 1, -1, i32::MAX, i32::MIN, i32::MIN + 1, 9999, 10000, -9999]),
            1 => self.next() as i32,
            _ => self.below(30) as i32 - 10,
        }
    }
    pub fn scale(&mut self) -> u32 {
        if self.one_in(8) { self.u32() } else { *self.pick(&[0, 0, 1, 2, 2, 4, 6, 12, 27, 28]) }
    }
    pub fn f64(&mut self) -> f64 {
        match self.below(8) {
            0 => *self.pick(&[
                0.0,
                -0.0,
                f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::MAX,
                f64::MIN,
                f64::MIN_POSITIVE,
                5e-324,
                f64::EPSILON,
                -5e-324,
            ]),
            1 => *self.pick(&[
                1e308, 1e300, 1e200, 1e155, 1e100, 1e-100, 1e-155, 1e-300, 1e15, 1e16, 1e-9, 1e9, 1e12, 1e13,
                -1e100,
            ]),
            2 => f64::from_bits(self.next()),
            3 => self.unit() * 10f64.powi(self.below(40) as i32 - 20),
            4 => -self.unit() * 10.0,
            5 => self.unit(),
            6 => self.below(10) as f64,
            _ => self.unit() * 1000.0,
        }
    }
    /// Finite, 0 or more, mostly moderate.
    pub fn pos(&mut self) -> f64 {
        let x = self.f64().abs();
        if x.is_finite() { x } else { 1.0 }
    }
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    pub fn decimal(&mut self) -> Decimal {
        match self.below(8) {
            0 => *self.pick(&[
                Decimal::MAX,
                Decimal::MIN,
                Decimal::ZERO,
                Decimal::ONE,
                Decimal::NEGATIVE_ONE,
                Decimal::from_parts(1, 0, 0, false, 28),
                Decimal::from_parts(1, 0, 0, true, 28),
                Decimal::from_parts(0, 0, 0, true, 0),
                Decimal::from_parts(0, 0, 0, false, 28),
                Decimal::from_parts(0, 0, 0, true, 28),
                Decimal::from_parts(u32::MAX, u32::MAX, u32::MAX, false, 28),
                Decimal::from_parts(u32::MAX, u32::MAX, u32::MAX, true, 28),
                Decimal::from_parts(u32::MAX, u32::MAX, u32::MAX, false, 14),
                Decimal::from_parts(0, 0, 1 << 31, false, 0),
            ]),
            1 => Decimal::from_parts(
                self.next() as u32,
                self.next() as u32,
                self.next() as u32,
                self.one_in(2),
                self.below(29) as u32,
            ),
            2 => Decimal::from_parts(
                self.next() as u32,
                self.next() as u32,
                0,
                self.one_in(2),
                self.below(29) as u32,
            ),
            3 => Decimal::new(self.i64(), self.below(29) as u32),
            4 => Decimal::new(self.below(10_000) as i64 - 2000, self.below(5) as u32),
            _ => Decimal::new(self.below(2000) as i64, self.below(3) as u32),
        }
    }
    pub fn positive(&mut self) -> Decimal {
        let mut d = self.decimal().abs();
        if d.is_zero() {
            d = Decimal::ONE
        }
        d
    }
    pub fn text(&mut self) -> String {
        match self.below(10) {
            0 => String::new(),
            1 => " ".into(),
            2 => "x".repeat(self.below(300)),
            3 => "é\u{301}\u{200b}\u{202e}\u{0}".into(),
            4 => "\"`'\\\n\t".into(),
            5 => "微信 > SEM".into(),
            6 => self.pick(TEXTS).to_string(),
            _ => self.pick(&["a", "b", "c", "search", "social", "x y"]).to_string(),
        }
    }
}

pub const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "0.5",
    "-0.5",
    "1e308",
    "-1e308",
    "1e-308",
    "5e-324",
    "1e400",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "79228162514264337593543950335",
    "79228162514264337593543950336",
    "-79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "-0.0000000000000000000000000001",
    "7.9228162514264337593543950335",
    "4294967295",
    "4294967296",
    "2147483647",
    "-2147483648",
    "65535",
    "65536",
    "0.1",
    "0.01",
    "0.001",
    "1.0",
    "100",
    "99.99",
    "100.01",
    "1e28",
    "1e15",
    "999999999999999",
    "0.000000000000001",
    "3",
    "10000",
    "1000000",
    "0.3333333333333333333333333333",
    "792281625142643375935439503.35",
    "1e100",
    "1e-100",
    "1e9",
    "1e12",
    "170141183460469231731687303715884105727",
    "0.9999999999999999999999999999",
];

pub const TEXTS: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "0001-01-01",
    "9999-12-31",
    "2026-12-31",
    "2024-02-29",
    "2026-02-30",
    "262142-12-31",
    "-262143-01-01",
    "0000-12-31",
    "10000-01-01",
    "2026",
    "2026-Q3",
    "2026-H2",
    "2026-07",
    "2026-W53",
    "0001-W01",
    "9999-W52",
    "0001",
    "9999",
    "9999-Q4",
    "0001-Q1",
    "9999-12",
    "0001-01",
    "0001-01-01/9999-12-31",
    "FY9999-Q4 from 12 by start",
    "FY0001 from 12 by end",
    "FY9999-H2 from 07 by end",
    "FY0001-H1 from 02 by start",
    "10 days after period start",
    "9999 workdays before period end",
    "every Friday",
    "every Monday, rolled forward",
    "9999 months after next period start, start day counted",
    "last workday before next period start",
    "every 1 days from period start",
    "every 2 workdays from period start",
    "every 9999 months after period end",
    "0 days after period start",
    "CNY",
    "JPY",
    "BHD",
    "CLF",
    "XXX",
    "XAU",
    "USD",
    "UYW",
    "VND",
    "0 CNY",
    "1 CNY",
    "-1 CNY",
    "79228162514264337593543950335 JPY",
    "792281625142643375935439503.35 CNY",
    "79228162514264337593543950.335 BHD",
    "-792281625142643375935439503.35 CNY",
    "0.01 CNY",
    "7922816251426433759354395.0335 CLF",
    "at least 0 %",
    "at most 0 %, inverse",
    "at most 0, linear",
    "between 0 and 0, linear",
    "at least 79228162514264337593543950335",
    "at most 0.0000000000000000000000000001 CNY, inverse",
    "between -79228162514264337593543950335 and 79228162514264337593543950335, linear",
    "at least -79228162514264337593543950335 CNY",
    "between -1 and 1, inverse",
    "at most -5, linear",
    "1/3",
    "-1/340282366920938463463374607431768211455",
    "340282366920938463463374607431768211455/1",
    "340282366920938463463374607431768211455/340282366920938463463374607431768211454",
    "0",
    "1",
    "-1",
    "0.5",
    "2",
    "100",
    "1e5",
    "1:0",
    "1:79228162514264337593543950335",
    "1:0.0000000000000000000000000001",
    "-100%",
    "0%",
    "7922816251426433759354395033500%",
    "0 seconds",
    "18446744073709551615 seconds",
    "4294967295 hours",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "2026-06-30T23:59:60Z",
    "%",
    "CNY/order",
    "order/visitor",
    "CNY/1000 impression",
    "CNY^64",
    "1000000000 x",
    "1/x",
    "a*b*c*d",
    "day",
    "1",
    "10^30 a",
    "CNY/1000000000000000000000000000000 x",
    "CNY2/order3",
    "-",
    "not(-)",
    "not(1)",
    "[0..1]",
    "(0..1)",
    "]0..1[",
    ">= 79228162514264337593543950335",
    "< -79228162514264337593543950335",
    "\"a\"",
    "\"a\", \"b\"",
    "true",
    "false",
    "1, 2, 3",
    "not(\"a\")",
    "1111111",
    "0000000",
    "default",
    "strict_order+allow_reentry",
    "(?1)(?2)",
    "(?1).*(?2)",
    "(?1)(?t<=60)(?2).*",
    "(?32)",
    "(?t>=18446744073709551615)(?1)",
];
