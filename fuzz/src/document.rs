//! JSON documents that keep numbers as they were written, and their mutation.
use crate::random::*;

/// Small JSON tree that keeps numbers as they were written.
#[derive(Clone, Debug)]
pub enum Document {
    Raw(String),
    Str(String),
    Arr(Vec<Document>),
    Obj(Vec<(String, Document)>),
}

impl Document {
    pub fn read(text: &str) -> Option<Document> {
        serde_json::from_str::<serde_json::Value>(text).ok().map(|v| Document::of(&v))
    }
    fn of(v: &serde_json::Value) -> Document {
        use serde_json::Value as V;
        match v {
            V::String(s) => Document::Str(s.clone()),
            V::Array(a) => Document::Arr(a.iter().map(Document::of).collect()),
            V::Object(o) => Document::Obj(o.iter().map(|(k, v)| (k.clone(), Document::of(v))).collect()),
            other => Document::Raw(other.to_string()),
        }
    }
    pub fn write(&self, out: &mut String) {
        match self {
            Document::Raw(t) => out.push_str(t),
            Document::Str(s) => out.push_str(&serde_json::to_string(s).unwrap()),
            Document::Arr(a) => {
                out.push('[');
                for (i, x) in a.iter().enumerate() {
                    if i > 0 {
                        out.push(',')
                    }
                    x.write(out);
                }
                out.push(']');
            }
            Document::Obj(o) => {
                out.push('{');
                for (i, (k, x)) in o.iter().enumerate() {
                    if i > 0 {
                        out.push(',')
                    }
                    out.push_str(&serde_json::to_string(k).unwrap());
                    out.push(':');
                    x.write(out);
                }
                out.push('}');
            }
        }
    }
    pub fn text(&self) -> String {
        let mut s = String::new();
        self.write(&mut s);
        s
    }
    pub fn size(&self) -> usize {
        1 + match self {
            Document::Arr(a) => a.iter().map(Document::size).sum(),
            Document::Obj(o) => o.iter().map(|(_, x)| x.size()).sum(),
            _ => 0usize,
        }
    }
    pub fn at(&mut self, mut n: usize) -> &mut Document {
        if n == 0 {
            return self;
        }
        n -= 1;
        match self {
            Document::Arr(a) => {
                for x in a {
                    let s = x.size();
                    if n < s {
                        return x.at(n);
                    }
                    n -= s;
                }
            }
            Document::Obj(o) => {
                for (_, x) in o {
                    let s = x.size();
                    if n < s {
                        return x.at(n);
                    }
                    n -= s;
                }
            }
            _ => {}
        }
        unreachable!()
    }
    pub fn subtrees<'a>(&'a self, out: &mut Vec<&'a Document>) {
        out.push(self);
        match self {
            Document::Arr(a) => a.iter().for_each(|x| x.subtrees(out)),
            Document::Obj(o) => o.iter().for_each(|(_, x)| x.subtrees(out)),
            _ => {}
        }
    }
}

/// Replaces one run of digits (with its point) by another number.
pub fn new_number(text: &str, r: &mut Random) -> String {
    let b = text.as_bytes();
    let mut runs = Vec::new();
    let mut i = 0;
    while i < b.len() {
        if b[i].is_ascii_digit() {
            let s = i;
            while i < b.len()
                && (b[i].is_ascii_digit() || (b[i] == b'.' && b.get(i + 1).is_some_and(u8::is_ascii_digit)))
            {
                i += 1
            }
            runs.push((s, i));
        } else {
            i += 1
        }
    }
    if runs.is_empty() {
        return r.pick(TEXTS).to_string();
    }
    let (s, e) = *r.pick(&runs);
    let old = &text[s..e];
    let new = match r.below(5) {
        0 => r.pick(NUMBERS).to_string(),
        1 => old.parse::<u64>().map_or("7".into(), |x| format!("{:0w$}", x.wrapping_add(1), w = old.len())),
        2 => old.parse::<u64>().map_or("7".into(), |x| format!("{:0w$}", x.wrapping_sub(1), w = old.len())),
        3 => r.decimal().abs().to_string(),
        _ => r.below(100).to_string(),
    };
    format!("{}{}{}", &text[..s], new, &text[e..])
}

pub fn mutate(j: &mut Document, pool: &[Document], r: &mut Random) {
    let times = 1 + r.below(3);
    for _ in 0..times {
        let n = j.size();
        if n > 4000 {
            return;
        }
        match r.below(20) {
            0 => {
                // A subtree of another document.
                let mut donor = r.pick(pool).clone();
                let m = donor.size();
                let piece = donor.at(r.below(m)).clone();
                *j.at(r.below(n)) = piece;
            }
            1 | 2 => {
                // A subtree of the same document.
                let mut donor = j.clone();
                let piece = donor.at(r.below(n)).clone();
                *j.at(r.below(n)) = piece;
            }
            3 => match j.at(r.below(n)) {
                Document::Arr(a) => a.clear(),
                Document::Obj(o) if !o.is_empty() => {
                    let i = r.below(o.len());
                    o.remove(i);
                }
                _ => {}
            },
            4 | 5 => {
                // Elements twice, removed, turned.
                let mut arrays = Vec::new();
                for i in 0..n {
                    if matches!(j.at(i), Document::Arr(_) | Document::Obj(_)) {
                        arrays.push(i)
                    }
                }
                if arrays.is_empty() {
                    continue;
                }
                match j.at(*r.pick(&arrays)) {
                    Document::Arr(a) if !a.is_empty() => match r.below(4) {
                        0 => {
                            let x = r.pick(a).clone();
                            a.push(x)
                        }
                        1 => {
                            let i = r.below(a.len());
                            a.remove(i);
                        }
                        2 => a.reverse(),
                        _ => {
                            let x = r.pick(a).clone();
                            for _ in 0..r.below(30) {
                                let mut y = x.clone();
                                rename(&mut y, r);
                                a.push(y)
                            }
                        }
                    },
                    Document::Obj(o) if !o.is_empty() => match r.below(2) {
                        0 => {
                            let i = r.below(o.len());
                            o.remove(i);
                        }
                        _ => {
                            let (_, v) = r.pick(o).clone();
                            let k = r.text();
                            o.push((k, v))
                        }
                    },
                    _ => {}
                }
            }
            6 => {
                // One text everywhere by another.
                let mut texts = Vec::new();
                collect(j, &mut texts);
                if texts.is_empty() {
                    continue;
                }
                let from = r.pick(&texts).clone();
                let to = if r.one_in(2) { r.pick(&texts).clone() } else { r.pick(TEXTS).to_string() };
                replace(j, &from, &to);
            }
            7 => {
                let to = r.pick(&["JPY", "BHD", "CLF", "USD", "XXX"]).to_string();
                replace(j, "CNY", &to);
            }
            _ => {
                let mut leaves = Vec::new();
                for i in 0..n {
                    if matches!(j.at(i), Document::Raw(_) | Document::Str(_)) {
                        leaves.push(i)
                    }
                }
                if leaves.is_empty() {
                    continue;
                }
                let x = j.at(*r.pick(&leaves));
                match x {
                    Document::Raw(t) if t == "true" || t == "false" || t == "null" => {
                        *x = Document::Raw(r.pick(&["true", "false", "null", "0", "1"]).to_string())
                    }
                    Document::Raw(t) => {
                        *t = match r.below(3) {
                            0 => r.pick(NUMBERS).to_string(),
                            1 => new_number(t, r),
                            _ => {
                                let f = r.f64();
                                if f.is_finite() { format!("{f:?}") } else { "1e308".into() }
                            }
                        }
                    }
                    Document::Str(s) => {
                        *s = match r.below(8) {
                            0 => r.pick(TEXTS).to_string(),
                            1 => r.pick(NUMBERS).to_string(),
                            2 => r.text(),
                            3 => r.decimal().to_string(),
                            4 => text_mutation(s, r),
                            _ => new_number(s, r),
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

fn rename(j: &mut Document, r: &mut Random) {
    if let Document::Obj(o) = j {
        for (k, v) in o {
            if (k == "name" || k == "id" || k == "line")
                && let Document::Str(s) = v
            {
                *s = format!("{s}{}", r.below(1000))
            }
        }
    }
}

fn collect(j: &Document, out: &mut Vec<String>) {
    match j {
        Document::Str(s) => out.push(s.clone()),
        Document::Arr(a) => a.iter().for_each(|x| collect(x, out)),
        Document::Obj(o) => o.iter().for_each(|(_, x)| collect(x, out)),
        _ => {}
    }
}

fn replace(j: &mut Document, from: &str, to: &str) {
    match j {
        Document::Str(s) => {
            if s == from {
                *s = to.into()
            } else if from == "CNY" {
                *s = s.replace(from, to)
            }
        }
        Document::Arr(a) => a.iter_mut().for_each(|x| replace(x, from, to)),
        Document::Obj(o) => o.iter_mut().for_each(|(_, x)| replace(x, from, to)),
        _ => {}
    }
}

pub fn text_mutation(text: &str, r: &mut Random) -> String {
    let mut c: Vec<char> = text.chars().collect();
    for _ in 0..1 + r.below(3) {
        let n = c.len();
        match r.below(6) {
            0 if n > 0 => {
                c.remove(r.below(n));
            }
            1 => c.insert(
                r.below(n + 1),
                *r.pick(&[
                    '0', '9', '-', '.', ' ', '(', ')', '/', '*', '+', ',', 'e', 'é', '\u{ff10}', '%', '"',
                    '\n', '`', '[', ']', '{', '#', '=', '<', '>', ':', '^', '\u{a0}', '\0',
                ]),
            ),
            2 if n > 0 => {
                let (i, k) = (r.below(n), r.below(n));
                c.swap(i, k)
            }
            3 if n > 0 => {
                let (i, k) = (r.below(n), r.below(n));
                let (i, k) = (i.min(k), i.max(k));
                let p: Vec<char> = c[i..k].to_vec();
                let at = r.below(n);
                for (o, x) in p.into_iter().enumerate() {
                    c.insert(at + o, x)
                }
            }
            4 if n > 0 => {
                let (i, k) = (r.below(n), r.below(n));
                c.drain(i.min(k)..i.max(k));
            }
            _ => return new_number(text, r),
        }
    }
    c.into_iter().collect()
}
