import { describe, expect, test } from 'vitest'
import { FreezeError, ThawError } from '../../src/errors.ts'
import { defaultLimits } from '../../src/perl/limits.ts'
import { parseDumper } from '../../src/perl/dumper/reader.ts'
import { writeDumper } from '../../src/perl/dumper/writer.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  VString,
} from '../../src/perl/values.ts'

function parse(text: string): unknown {
  return parseDumper(Buffer.from(text, 'latin1'))
}

function failure(text: string): ThawError {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof ThawError) return error
    throw error
  }
  throw new Error(`${text} was read`)
}

describe('the settings of Data::Dumper', () => {
  const expected = { a: [1, { b: null }], 'c d': "it's", '12': 3, '-5': 4 }

  test.each([
    ['Indent 0', `$D = {'a' => [1,{'b' => undef}],'c d' => 'it\\'s','12' => 3,'-5' => 4};`],
    [
      'Indent 1',
      `$D = {\n  'a' => [\n    1,\n    {\n      'b' => undef\n    }\n  ],\n  'c d' => 'it\\'s',\n  '12' => 3, '-5' => 4\n};\n`,
    ],
    [
      'Indent 3',
      `$D = {\n 'a' => [\n  #0\n  1,\n  #1\n  { 'b' => undef }\n ],\n 'c d' => 'it\\'s', '12' => 3, '-5' => 4 };`,
    ],
    ['Varname', `$VAR1 = {'a' => [1,{'b' => undef}],'c d' => 'it\\'s','12' => 3,'-5' => 4};`],
    ['a package', `$My::D = {'a' => [1,{'b' => undef}],'c d' => 'it\\'s','12' => 3,'-5' => 4};$My::D`],
    ['my', `my $D = {'a' => [1,{'b' => undef}],'c d' => 'it\\'s','12' => 3,'-5' => 4};`],
    ['Terse', `{'a' => [1,{'b' => undef}],'c d' => 'it\\'s','12' => 3,'-5' => 4}\n`],
    ['Useqq', `$D = {"a" => [1,{"b" => undef}],"c d" => "it's",12 => 3,-5 => 4};`],
    ['Quotekeys 0', `$D = {a => [1,{b => undef}],'c d' => 'it\\'s',12 => 3,-5 => 4};`],
    ['Pair :', `$D = {'a': [1,{'b': undef}],'c d': 'it\\'s','12': 3,'-5': 4};`],
    ['Pair ,', `$D = {'a', [1,{'b', undef}],'c d', 'it\\'s','12', 3,'-5', 4};`],
    ['Trailingcomma', `$D = {'a' => [1,{'b' => undef,},],'c d' => 'it\\'s','12' => 3,'-5' => 4,};`],
    [
      'the tail of CGI::Session',
      `$D = {'a' => [1,{'b' => undef}],'c d' => 'it\\'s','12' => 3,'-5' => 4};;$D`,
    ],
    ['comments', `# a\n $D ={ # b\na=>[1,{b=>undef}],# c\n'c d'=>'it\\'s',12=>3,-5=>4} # d\n; $D ; # e`],
  ])('%s', (_name, text) => {
    expect(parse(text)).toEqual(expected)
  })
})

describe('scalars', () => {
  test.each<[string, unknown]>([
    ['undef', null],
    ['0', 0],
    ['-1', -1],
    ['-0', 0],
    ['-0.0', -0],
    ['9999999999', 9999999999],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551616', 18446744073709552000],
    ['0.1', 0.1],
    ['.5', 0.5],
    ['5.', 5],
    ['1e+20', 1e20],
    ['-1.5e-7', -1.5e-7],
    ['19.9', 19.9],
    ['-19.90', -19.9],
    ['0.000001', 1e-6],
    ['123456789012345.6', 123456789012345.6],
    ['0.30000000000000004', 0.1 + 0.2],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['0x1F', 31],
    ['-0x1f', -31],
    ['0b101', 5],
    ['017', 15],
    [`'0.1'`, '0.1'],
    [`'007'`, '007'],
    [`''`, ''],
    [`'a\\\\b\\'c\\d'`, "a\\b'c\\d"],
    [`'caf\xe9'`, 'caf\xe9'],
    [`'caf\xc3\xa9'`, 'caf\xc3\xa9'],
    [
      `"\\n\\t\\r\\f\\b\\a\\e\\0\\12\\351\\x41\\x{e9}\\x{1f600}\\"\\\\\\$\\@\\'"`,
      `\n\t\r\f\b\x07\x1b\0\n\xe9A\xe9\u{1f600}"\\$@'`,
    ],
    ['"\\x{d800}"', '\ud800'],
    ['"\\x{d83d}\\x{de00}"', new PerlString([0xd83d, 0xde00])],
    ['"\\x{1f600}\\x{d83d}"', '\u{1f600}\ud83d'],
    ['"a\\x{110000}b"', new PerlString([97, 0x110000, 98])],
    ['v1.22.333', new VString('v1.22.333')],
    ['1.2.3', new VString('1.2.3')],
    ['v65', new VString('v65')],
    ['*::STDOUT', new Glob('::STDOUT')],
    ['*::Foo::', new Glob('::Foo::')],
    [`\\*{'::$fh'}`, new ScalarRef(new Glob('::$fh'))],
    ['sub { "DUMMY" }', new Code()],
    ['qr/a\\/b/i', new Regexp('a/b', 'i')],
    ['qr/^a${\\q($)}b@c$|(d$)/', new Regexp('^a$b@c$|(d$)')],
    [`\\'x'`, new ScalarRef('x')],
    ['\\\\undef', new ScalarRef(new ScalarRef(null))],
    ['do{\\(my $o = 5)}', new ScalarRef(5)],
    ['do { my $o }', null],
    [`bless( {'n' => 1}, 'A::B' )`, new Blessed('A::B', { n: 1 })],
    [`bless( do{\\(my $o = \\'x')}, 'A' )`, new Blessed('A', new ScalarRef(new ScalarRef('x')))],
    [`bless( qr/z/, 'a\\'b' )`, new Blessed("a'b", new Regexp('z'))],
    [
      `bless( \\*Symbol::GEN0, 'IO::File' )`,
      new Blessed('IO::File', new ScalarRef(new Glob('Symbol::GEN0'))),
    ],
    ['!!1', true],
    ['!!0', false],
    ['!1', false],
    [`bless( do{\\(my $o = 0)}, 'JSON::PP::Boolean' )`, new JsonBoolean(false)],
    [
      `bless( do{\\(my $o = '1')}, 'JSON::PP::Boolean' )`,
      new Blessed('JSON::PP::Boolean', new ScalarRef('1')),
    ],
  ])('%s', (text, value) => {
    expect(parse(`$D = ${text};`)).toStrictEqual(value)
    expect(parse(`$D = [${text},{'a' => ${text}}];`)).toStrictEqual([value, { a: value }])
  })

  test('JSON booleans can be native', () => {
    const image = Buffer.from(`$D = [bless( do{\\(my $o = 0)}, 'JSON::PP::Boolean' )];`)
    expect(parseDumper(image, { perlText: 'characters', perlBooleans: 'native' })).toEqual([false])
  })
})

describe('hashes', () => {
  test('every key is an ordinary key', () => {
    const value = parse(`$D = {'__proto__' => {'polluted' => 1},'constructor' => {'prototype' => 2}};`)
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('of two equal keys the last counts', () => {
    expect(parse(`$D = {'a' => 1,'a' => 2};`)).toEqual({ a: 2 })
  })

  test('keys that were seen before do not leak into others', () => {
    expect(parse(`$D = {'aB' => 1,'b#' => 2};`)).toEqual({ aB: 1, 'b#': 2 })
    expect(parse(`$D = {'b#' => 1,'aB' => 2};`)).toEqual({ 'b#': 1, aB: 2 })
  })
})

describe('places', () => {
  test('$D is the value, whatever the last statement is', () => {
    const value = parse(`$D = {'b' => {'n' => 1},'a' => {}};$D->{'a'} = $D->{'b'};`) as Record<
      string,
      unknown
    >
    expect(value).toEqual({ b: { n: 1 }, a: { n: 1 } })
    expect(value['a']).toBe(value['b'])
  })

  test('cycles', () => {
    const self = parse(`$D = {'self' => {}};$D->{'self'} = $D;;$D`) as Record<string, unknown>
    expect(self['self']).toBe(self)
    const array = parse('$D = [1,[]];$D->[1] = $D;') as unknown[]
    expect(array[1]).toBe(array)
    const scalar = parse('$D = \\do{my $o};${$D} = $D;') as ScalarRef
    expect(scalar.value).toBe(scalar)
  })

  test('through references and objects', () => {
    const value = parse(
      `$D = {'a' => \\\\{'k' => [1]},'b' => [],'o' => bless( do{\\(my $o = {'k' => []})}, 'X' )};` +
        `$D->{'b'} = \${\${$D->{'a'}}}->{'k'};\${$D->{'o'}}->{'k'} = $D->{'b'};`,
    ) as Record<string, unknown>
    const inner = ((value['a'] as ScalarRef).value as ScalarRef).value as Record<string, unknown>
    expect(value['b']).toBe(inner['k'])
    expect((((value['o'] as Blessed).value as ScalarRef).value as Record<string, unknown>)['k']).toBe(
      inner['k'],
    )
  })

  test('a reference to an element reads and writes the element', () => {
    const value = parse(
      `$D = {'list' => [1,2],'x' => do{my $o},'y' => do{my $o}};$D->{'x'} = \\$D->{'list'}[1];$D->{'y'} = \\$D->{'list'}[1];`,
    ) as { list: unknown[]; x: ScalarRef; y: ScalarRef }
    expect(value.x.value).toBe(2)
    value.x.value = 'new'
    expect(value.list[1]).toBe('new')
    expect(value.y).toBe(value.x)
  })

  test('an element that a reference met first', () => {
    const value = parse(`$D = {'a' => \\2,'list' => [1,\${$D->{'a'}}]};`) as { a: ScalarRef; list: unknown[] }
    expect(value.list).toEqual([1, 2])
    value.list[1] = 3
    expect(value.a.value).toBe(3)
  })

  test('places named in the middle of the data, as without Purity', () => {
    const value = parse(
      `$VAR1 = {'a' => [1],'z' => $VAR1->{'a'},'top' => $VAR1,'el' => \\$VAR1->{'a'}[0],'r' => \\{'n' => 1},'q' => \${$VAR1->{'r'}}};`,
    ) as Record<string, unknown>
    expect(value['z']).toBe(value['a'])
    expect(value['top']).toBe(value)
    expect((value['el'] as ScalarRef).value).toBe(1)
    expect(value['q']).toBe((value['r'] as ScalarRef).value)
    const terse = parse(`{'a' => [1],'z' => $X->{'a'}}`) as Record<string, unknown>
    expect(terse['z']).toBe(terse['a'])
    const loop = parse('$D = \\$D;') as ScalarRef
    expect(loop.value).toBe(loop)
  })

  test('an object that is a reference to an element', () => {
    const value = parse(`$D = {'l' => [7],'o' => do{my $o}};$D->{'o'} = bless( \\$D->{'l'}[0], 'Y' );`)
    const { o } = value as { o: Blessed }
    expect(o.className).toBe('Y')
    expect((o.value as ScalarRef).value).toBe(7)
  })
})

describe('the contents of globs', () => {
  const image =
    `$D = {'a' => bless( \\*{'File::Temp::$fh'}, 'File::Temp' ),'b' => [],'c' => \\*{'File::Temp::$fh'}};` +
    `*{'File::Temp::$fh'} = \\'/tmp/x';*{'File::Temp::$fh'} = {'UNLINK' => 1};$D->{'b'} = $D->{'a'};;$D`

  test('are kept and go back', () => {
    const value = parse(image) as Record<string, unknown>
    expect(value['a']).toEqual(new Blessed('File::Temp', new ScalarRef(new Glob('File::Temp::$fh'))))
    expect(value['b']).toBe(value['a'])
    expect(Buffer.from(writeDumper(value)).toString('latin1')).toBe(
      image.replace("'b' => []", "'b' => do{my $o}"),
    )
    delete value['a']
    delete value['b']
    expect(Buffer.from(writeDumper(value)).toString('latin1')).toBe(
      `$D = {'c' => \\*{'File::Temp::$fh'}};*{'File::Temp::$fh'} = \\'/tmp/x';` +
        `*{'File::Temp::$fh'} = {'UNLINK' => 1};;$D`,
    )
  })

  test('within the contents of others', () => {
    const nested = `$D = \\*::a;*::a = {'b' => \\*::b};*::b = [1];;$D`
    expect(Buffer.from(writeDumper(parse(nested))).toString('latin1')).toBe(nested)
  })

  test('are data like the rest', () => {
    const statements = [
      'system(1)',
      '1',
      `'x'`,
      'undef',
      '*::x',
      '\\*::STDIN',
      '$D',
      '[$D]',
      '\\$D',
      'sub { 1 }',
    ]
    for (const statement of statements) failure(`$D = \\*::x;*::x = ${statement};`)
    failure('$D = \\*::x;*::y = [];')
    failure('$D = \\*::x;*::x->m();')
    failure(`$D = \\*::x;*::x = {'a' => []};*{'::x'}{HASH}->->{'a'} = $D;`)
  })

  test('of many globs take linear time', () => {
    const text = `$D = [${'*::a,'.repeat(50_000)}];${'*::a = [];'.repeat(50_000)}`
    expect(Buffer.from(writeDumper(parse(text))).toString('latin1')).toHaveLength(text.length + 2)
  })
})

describe('what is not data is refused', () => {
  test.each([
    '',
    '   \n',
    '0x',
    '$D',
    '$D;',
    '$D = ;',
    '$D = {',
    `$D = {'a'`,
    `$D = {'a' => `,
    `$D = {'a' => 1`,
    `$D = {'a' => 1,,};`,
    `$D = {'a' 1};`,
    `$D = {'a' => 1}; 1;`,
    `$D = {'a' => 1} 1`,
    `$D = 'abc`,
    `$D = 'abc\\'`,
    `$D = "abc`,
    `$D = "abc\\`,
    '$D = [1,2',
    '$D = [1 2];',
    '$D = 1 + 2;',
    `$D = 'a' . 'b';`,
    `$D = 'a' x 1000;`,
    '$D = (1,2);',
    '$D = [1..5];',
    '$D = 1..5;',
    '$D = 1_000;',
    '$D = 089;',
    '$D = [00.5];',
    '$D = [1.];$D = [-];',
    '$D = [undefined];',
    '$D = [!!2];',
    '$D = [!1!];',
    '$D = 12abc;',
    '$D = 1e999;',
    `$D = {system('x') => 1};`,
    `$D = system('echo hi');`,
    '$D = `ls`;',
    '$D = <STDIN>;',
    '$D = sub { 1 };',
    '$D = sub { "DUMMY"; 1 };',
    '$D = do { 1 };',
    '$D = do{\\(my $o = 1); 2};',
    '$D = eval { 1 };',
    '$D = map { $_ } 1;',
    '$D = "a$b";',
    '$D = "a@b";',
    '$D = "@{[ system(1) ]}";',
    '$D = "${\\ system(1)}";',
    '$D = "\\u\\LX";',
    '$D = "\\N{U+263a}";',
    '$D = "\\x{}";',
    '$D = "\\x{41";',
    '$D = "\\cA";',
    '$D = qr/a$b/;',
    '$D = qr/@{[ 1 ]}/;',
    '$D = qr/a(?{ 1 })/;',
    '$D = qr/a(??{ 1 })/;',
    '$D = qr/a/e;',
    '$D = qr/a',
    '$D = qr{a};',
    '$D = tr/a/b/;',
    `$D = bless( {}, 'X' )->thaw();`,
    `$D = bless( 'x', 'X' );`,
    `$D = bless( {} );`,
    `$D = bless( {}, $x );`,
    `$D = bless( bless( {}, 'A' ), 'B' );`,
    `$D = $E;`,
    `$D = $D;`,
    `$D = $D->{'a'};`,
    `$D = {'a' => $E->{'b'}};`,
    `$D = {'a' => $D->{'b'}};`,
    '$D = {};$D->{a} = 1;',
    `$D = {'a' => []};$D->{'a'}[0] = 1;`,
    `$D = {'a' => 1};$D->{'a'}{'b'} = 1;`,
    `$D = {'a' => 1};\${$D->{'a'}} = 1;`,
    `$D = {'a' => 1};$D->{'a'}++;`,
    `$D = {'a' => 1};$D->{'a'} .= 'x';`,
    `$D = {'a' => 1};$D->{'a'}->method();`,
    `$D = {'a' => 1};$D->method();`,
    `$D = {'a' => 1};$D = {};`,
    `$D = {};$D->{'__proto__'} = $D;`,
    `$D = {};$D->{'constructor'}{'prototype'} = $D;`,
    `$D = {};*::foo = [1];`,
    `$D = {};print 1;`,
    'while(1){}',
    'use POSIX; $D = {};',
    '%D = (1,2);',
    '\xef\xbb\xbf$D = {};',
    '{"a":true}',
    'FrT;@1|',
  ])('%s', (text) => {
    expect(failure(text).code).toBe('ERR_SESSION_THAW')
  })

  test('with the offset in bytes', () => {
    expect(failure(`$D = {'caf\xe9' => system(1)};`).offset).toBe(16)
    expect(failure(`$D = {'a' => "x$y"};`).offset).toBe(15)
    expect(failure(`$D = {'a' => 1};$D->{'b'} = $D->{'a'};`).offset).toBe(16)
  })
})

describe('bounds', () => {
  const { maxDepth, maxImageBytes } = defaultLimits

  test('depth, whatever it is made of', () => {
    for (const [open, close] of [
      ['[', ']'],
      [`{'d' => `, '}'],
      ['\\', ''],
      ['bless( [', `], 'X' )`],
      ['bless( do{\\(my $o = ', `)}, 'X' )`],
    ] as const) {
      const nested = (depth: number) => `$D = ${open.repeat(depth)}undef${close.repeat(depth)};`
      expect(() => parse(nested(maxDepth))).not.toThrow()
      expect(() => parse(nested(maxDepth + 1))).toThrow(ThawError)
      expect(() => parse(nested(100_000))).toThrow(ThawError)
    }
    expect(() => parse(`$D = 1;${'${'.repeat(100_000)}`)).toThrow(ThawError)
    expect(() => parse(`$D = ${'bless( '.repeat(100_000)}`)).toThrow(ThawError)
    expect(() => parse(`$D = 1.1${'.1'.repeat(1_000_000)};`)).toThrow(ThawError)
    expect(() => parse(`$D = {a${'::a'.repeat(1_000_000)} => 1};`)).toThrow(ThawError)
  })

  test('length', () => {
    expect(() => parseDumper(new Uint8Array(maxImageBytes + 1))).toThrow(/longer than/)
    const image = Buffer.from('$D = [[1]];')
    expect(parseDumper(image, { maxImageBytes: image.length, maxDepth: 2 })).toEqual([[1]])
    expect(() => parseDumper(image, { maxImageBytes: image.length - 1 })).toThrow(/longer than 10 bytes/)
    expect(() => parseDumper(image, { maxDepth: 1 })).toThrow(/more than 1 levels/)
  })

  test('an end of the stack is an error like any other', () => {
    const image = Buffer.from(`$D = ${"bless( {'a' => ".repeat(100_000)}`)
    expect(() => parseDumper(image, { maxDepth: 1e9 })).toThrow(ThawError)
  })

  test('many escapes and many strings take linear time', () => {
    expect(parse(`$D = '${"\\'".repeat(200_000)}';`)).toBe("'".repeat(200_000))
    expect(parse(`$D = [${"'',".repeat(200_000)}];`)).toHaveLength(200_000)
    expect(parse(`$D = [${`"\\"",`.repeat(100_000)}'\\\\'];`)).toHaveLength(100_001)
  })
})

describe('perlText', () => {
  const read = (text: string, perlText: 'characters' | 'latin1' | 'utf8') =>
    parseDumper(Buffer.from(`$D = {'k' => ${text}};`, 'latin1'), { perlText, perlBooleans: 'object' })

  test.each<[string, unknown, unknown, unknown]>([
    [`'plain'`, 'plain', 'plain', 'plain'],
    [`'caf\xe9'`, 'caf\xe9', 'caf\xe9', new PerlString([99, 97, 102, 0xe9])],
    [`'caf\xc3\xa9'`, 'caf\xc3\xa9', 'caf\xc3\xa9', 'caf\xe9'],
    ['"\\x{263a}"', '\u263a', new PerlString([0x263a]), new PerlString([0x263a])],
    ['"\\x{e9}"', '\xe9', '\xe9', new PerlString([0xe9])],
  ])('%s', (text, characters, latin1, utf8) => {
    expect(read(text, 'characters')).toEqual({ k: characters })
    expect(read(text, 'latin1')).toEqual({ k: latin1 })
    expect(read(text, 'utf8')).toEqual({ k: utf8 })
  })

  test('names of classes are no text', () => {
    expect(read(`bless( {}, 'caf\xc3\xa9' )`, 'utf8')).toEqual({ k: new Blessed('caf\xc3\xa9', {}) })
  })

  test.each<['latin1' | 'utf8', string, string]>([
    ['utf8', `'caf\xe9'`, 'caf\xe9'],
    ['utf8', `'\xc3\xa9\xe9'`, '\xc3\xa9\xe9'],
    ['utf8', `"\\x{e9}\\x{263a}"`, '\xe9\u263a'],
    ['utf8', '"\\x{d800}"', '\ud800'],
    ['latin1', '"\\x{1f600}"', '\u{1f600}'],
  ])('%s: a key without text, %s, keeps its code points behind a mark', (perlText, literal, characters) => {
    const image = Buffer.from(`$D = {${literal} => [],'b' => []};$D->{'b'} = $D->{${literal}};;$D`, 'latin1')
    const value = parseDumper(image, { perlText }) as Record<string, unknown>
    expect(Object.keys(value)).toEqual([`\udfff${characters}`, 'b'])
    expect(value['b']).toBe(value[`\udfff${characters}`])
    const again = Buffer.from(writeDumper(value, { perlText })).toString('latin1')
    expect(parseDumper(Buffer.from(again, 'latin1'))).toEqual({ [characters]: [], b: [] })
  })

  test('a mark before a key that has text is refused', () => {
    for (const key of ['\udfffabc', '\udfff', '\udfff\xc3\xa9']) {
      expect(() => writeDumper({ [key]: 1 }, { perlText: 'utf8' })).toThrow(FreezeError)
    }
    expect(parseDumper(writeDumper({ '\udfffabc': 1 }))).toEqual({ '\udfffabc': 1 })
  })

  test('a key that JavaScript has no text for is refused', () => {
    for (const literal of ['"\\x{d83d}\\x{de00}"', '"\\x{110000}"']) {
      expect(() => read(literal, 'characters')).not.toThrow()
      const image = Buffer.from(`$D = {${literal} => 1};`)
      expect(() => parseDumper(image)).toThrow(/perlText/)
      expect(() => parseDumper(image, { perlText: 'utf8' })).toThrow(/perlText/)
    }
  })
})
