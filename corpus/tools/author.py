#!/usr/bin/env python3
"""Build labelled pages from inline-marked sources: page text, draft and gold, each span checked to be the one marked.

Usage: author.py BATCH_DIR NN [NN ...]     (reads BATCH_DIR/src/NN.src, writes BATCH_DIR/{pages,draft,gold})

The sources beside this folder (../*/src) show the form. A page starts with `#page NN year=2024`; `$W=省/市/县` defines a shorthand; `@PL level path [surfaces]`,
`@ORG`, `@PER`, `@POST`, `@NO` list names to mark wherever they stand (page-wide before the first article, else in their article).
`#article KIND` opens an article, `#cont aN` continues one; then lines: `K` kicker, `H` headline (`HX`, `KX`: printed at the page's end), `L` byline or
dateline line, `T` paragraph of the body (‖ and ⊣ bound the body inside a line, ¦ puts a column break), `P person|title|unit|place or @name|category|0 or 1`,
`E eN type realis | role=surface | …` (`<` `>` `#k` behind a surface: the occurrence before, after the trigger, the k-th).
Inline: {q:surface|value|unit|modifier|kind|object} {t:surface|value|type} {b:name|r, c or p} {p:post} {o:organisation} {r:person} {m:TYPE|path|surface} {n:not marked} {eN:trigger}.
Column breaks and mixed punctuation are put in at random with a seed of the page's number. After the faults, lint lines show what may have been left unmarked.
"""
import sys,re,json,random
from pathlib import Path
import resolve as rs
BATCH=Path(sys.argv[1]) if len(sys.argv)>1 else Path('.')
OUT=BATCH; SRC=BATCH/'src'
KIND=dict(r='reporter',c='correspondent',p='photographer')
def parse(s,i=0,stop=False):
    """returns plain, tags[(tag,fields,start,end)] , next index"""
    out=[];tags=[];n=0
    while i<len(s):
        c=s[i]
        if c=='}' and stop: return ''.join(out),tags,i
        if c=='{':
            m=re.match(r'\{(\w+):',s[i:])
            if not m: raise SystemExit('bad tag near '+s[i:i+30])
            tag=m.group(1); j=i+m.end()
            # find the matching brace
            d=1;k=j
            while d:
                if k>=len(s): raise SystemExit('unclosed '+s[i:i+40])
                if s[k]=='{':d+=1
                elif s[k]=='}':d-=1
                k+=1
            inner=s[j:k-1]
            if tag=='m':
                f=inner.split('|',2); body=f[2]; fields=f[:2]
            elif tag in('q','t','b'):
                # depth-free split: surface first
                if '{' in inner:
                    dd=0;pos=None
                    for x,ch in enumerate(inner):
                        if ch=='{':dd+=1
                        elif ch=='}':dd-=1
                        elif ch=='|' and dd==0: pos=x;break
                    body=inner[:pos]; fields=inner[pos+1:].split('|')
                else:
                    f=inner.split('|'); body=f[0]; fields=f[1:]
            else: body=inner; fields=[]
            pl,tg,_=parse(body)
            tags.append((tag,fields,n,n+len(pl)))
            tags+= [(a,b,x+n,y+n) for a,b,x,y in tg]
            out.append(pl); n+=len(pl); i=k; continue
        if c in '‖⊣':
            tags.append((c,[],n,n)); i+=1; continue
        if c=='¦':
            tags.append(('¦',[],n,n)); i+=1; continue
        out.append(c); n+=1; i+=1
    return ''.join(out),tags,i
FW=dict(zip(',:;?!()','\uff0c\uff1a\uff1b\uff1f\uff01\uff08\uff09'))
def punct(pl,a,rng):
    mode=a.setdefault('mode',rng.choice([0,0,1,2]) if a['kind'] not in('list','notice') else 0)
    if not mode: return pl
    o=[]
    for i,c in enumerate(pl):
        n=pl[i-1:i]+pl[i+1:i+2]
        if c in FW and not (c in ',:' and len(n)==2 and n.isdigit()) and (mode==1 or rng.random()<.5): c=FW[c]
        o.append(c)
    return ''.join(o)
def anyp(v): return ''.join('['+c+FW[c]+']' if c in FW else re.escape(c) for c in v)
def build(nn):
    rng=random.Random(1000+int(nn))
    vars={};pagedict={};canon={}
    year=None;arts=[];cur=None;scope=None
    layout=[] # (kind, article index, raw)
    for ln,line in enumerate((SRC/f'{nn}.src').read_text().splitlines(),1):
        line=line.rstrip()
        if not line or line.startswith('//'): continue
        for v in sorted(vars,key=len,reverse=True): line=line.replace('$'+v,vars[v])
        if line.startswith('#page'):
            m=re.search(r'year=(\w+)',line); year=None if m.group(1)=='null' else int(m.group(1))
        elif re.match(r'^\$(\w+)=',line):
            m=re.match(r'^\$(\w+)=(.*)',line); vars[m.group(1)]=m.group(2)
        elif line.startswith('@'):
            d=pagedict if cur is None else cur['dict']
            w=line.split()
            if w[0]=='@PL':
                for s in (w[3:]+[w[2].split('/')[-1]]): d[s]=('PLACE.'+w[1],w[2]); canon.setdefault(s,w[2])
            else:
                for s in w[1:]: d[s]=(w[0][1:],None)
        elif line.startswith('#article'):
            cur=dict(id=f'a{len(arts)+1}',kind=line.split()[1],dict={},K=[],H=[],P=[],E=[],segs=[]); arts.append(cur); layout.append(('gap',cur,None))
        elif line.startswith('#cont'):
            cur=next(a for a in arts if a['id']==line.split()[1]); layout.append(('gap',cur,None))
        elif line.startswith('P '): cur['P'].append(line[2:].split('|'))
        elif line.startswith('E '): cur['E'].append(line[2:])
        else:
            k,_,t=line.partition(' ')
            assert k in('K','H','HX','KX','L','T'),(nn,ln,line)
            layout.append((k,cur,t))
    # displaced
    layout=[x for x in layout if x[0] not in('HX','KX')]+[x for x in layout if x[0] in('HX','KX')]
    raw=[];n=0;faults=[]
    def emit(s):
        nonlocal n
        raw.append(s); n+=sum(1 for c in s if c not in '\r\n')
    flatlen=lambda:n
    spans={a['id']:dict(ment=[],q=[],t=[],ev={},b=[],parts=[],head=[],kick=[]) for a in arts}
    first=True; lastk=None; pending_part={}
    for idx,(k,a,t) in enumerate(layout):
        if k=='gap':
            if not first: emit('\n\n' if rng.random()<.6 else '\n\n\n')
            for b in arts: pending_part.pop(b['id'],None)
            continue
        if not first: emit('\n\n')
        first=False
        pl,tags,_=parse(t)
        pl=punct(pl,a,rng)
        base=flatlen(); S=spans[a['id']]
        # breaks
        br=sorted(x[2] for x in tags if x[0]=='¦')
        if k=='T' and not br and len(pl)>95 and a['kind'] not in('list','notice'):
            p=rng.randint(35,150)
            while p<len(pl)-18:
                br.append(p); p+=rng.randint(90,230)
        pos=0
        for b in br:
            emit(pl[pos:b]); emit('\n\n' if rng.random()<.8 else '\n\n\n'); pos=b
        emit(pl[pos:])
        # body
        if k=='T':
            s=0;e=len(pl)
            for x in tags:
                if x[0]=='‖': s=x[2]
                if x[0]=='⊣': e=x[2]
            if a['id'] in pending_part:
                S['parts'][-1][1]=base+e
            else:
                S['parts'].append([base+s,base+e]); pending_part[a['id']]=1
        if k in('H','HX'): S['head'].append(pl)
        if k in('K','KX'): S['kick'].append(pl.lstrip('—'))
        blocked=[]
        for tag,f,x,y in tags:
            if tag=='n': blocked.append((x,y))
            elif tag=='m': blocked.append((x,y)); S['ment'].append((base+x,base+y,f[0],pl[x:y],f[1] or None))
            elif tag=='r': S['ment'].append((base+x,base+y,'PER',pl[x:y],None))
            elif tag=='o': blocked.append((x,y)); S['ment'].append((base+x,base+y,'ORG',pl[x:y],None))
            elif tag=='p': blocked.append((x,y)); S['ment'].append((base+x,base+y,'POST',pl[x:y],None))
            elif tag=='b': blocked.append((x,y)); S['b'].append((pl[x:y],KIND[f[0]])); S['ment'].append((base+x,base+y,'PER',pl[x:y],None))
            elif tag=='q':
                f=f+['']*(5-len(f)); v=json.loads(f[0]) if f[0] else None
                S['q'].append((base+x,base+y,dict(surface=pl[x:y],value=v,unit='' if f[1]=='-' else f[1],modifier=f[2] or 'eq',kind=f[3] or 'count',object=f[4] or None)))
            elif tag=='t':
                S['t'].append((base+x,base+y,dict(surface=pl[x:y],value=f[0],type=f[1] if len(f)>1 else 'DATE')))
            elif re.match(r'e\d+$',tag): S['ev'][tag]=(base+x,base+y,pl[x:y])
        d=dict(pagedict); d.update(a['dict'])
        keys=sorted(d,key=len,reverse=True)
        i=0
        while i<len(pl):
            for kx in keys:
                if pl.startswith(kx,i) and d[kx][0]!='NO':
                    if any(x<i+len(kx) and i<y for x,y in blocked): continue
                    S['ment'].append((base+i,base+i+len(kx),d[kx][0],kx,d[kx][1])); i+=len(kx)-1; break
                if pl.startswith(kx,i) and d[kx][0]=='NO': i+=len(kx)-1; break
            i+=1
    text=''.join(raw)+'\n'
    page=rs.Page(text); flat=page.flat
    drafts=[];intended={}
    for a in arts:
        S=spans[a['id']]
        row=dict(id=a['id'],kind=a['kind'],kicker=' / '.join(S['kick']) or None,headline=''.join(S['head']) or None)
        pts=[]
        for s,e in S['parts']:
            L=12
            while flat.find(flat[s:s+L])!=s and s+L<e: L+=1
            if flat.find(flat[s:s+L])!=s: faults.append(f'{a["id"]} begin not unique')
            R=12
            while flat.find(flat[max(s,e-R):e],s)!=max(s,e-R) and e-R>s: R+=1
            pts.append([flat[s:min(e,s+L)],flat[max(s,e-R):e]])
        if len(pts)==1: row['begin'],row['end']=pts[0]
        else: row['parts']=pts
        row['bylines']=[dict(name=x,role=r) for x,r in S['b']]
        # window
        own=[tuple(p) for p in S['parts']]; display=[]
        for name in('headline','kicker'):
            for piece in (row[name] or '').split(' / '):
                if not piece: continue
                hits=[m.start() for m in re.finditer(re.escape(piece),flat)]
                if hits:
                    h=min(hits,key=lambda z:abs(z-own[0][0])); display.append((h,h+len(piece)))
        ownd=own+display
        low,high=max(0,min(s for s,_ in ownd)-80),min(len(flat),max(e for _,e in ownd)+80)
        def listed(rows,what):
            at=low;seen=set();out=[]
            for (s,e,surf) in rows:
                ok=False
                for skip in range(200):
                    z=at;bad=False
                    for _ in range(skip+1):
                        z=flat.find(surf,z,high)
                        if z<0: bad=True;break
                        z+=1
                    if bad: break
                    z-=1
                    while z>=0 and (z,surf) in seen: z=flat.find(surf,z+1,high)
                    while z>0 and surf[0].isdigit() and flat[z-1] in rs.DIGITS: z=flat.find(surf,z+1,high)
                    if z==s: ok=True;break
                    if z<0 or z>s: 
                        if z<0: break
                if not ok: faults.append(f'{a["id"]}.{what}: cannot reach {surf} at {s}'); skip=0
                seen.add((s,surf)); at=s; out.append(skip)
            return out
        M=sorted(set(S['ment']),key=lambda m:(m[0],-m[1]))
        sk=listed([(m[0],m[1],m[3]) for m in M],'ment')
        row['mentions']=[]
        for m,k in zip(M,sk):
            r=[m[2],m[3]]
            if m[4] or k: r.append(m[4])
            if k: r.append(k)
            row['mentions'].append(r)
        row['posts']=[]
        for p in a['P']:
            p=[x.strip() for x in p]
            assert len(p)==6,(nn,p)
            pl=p[3]
            if pl=='-': pl=None
            elif pl.startswith('@'):
                w=pl[1:]
                pl=(a['dict'].get(w) or pagedict.get(w) or (None,canon.get(w)))[1]
                if not pl: faults.append(f'{a["id"]} post place {w}')
            row['posts'].append(dict(person=p[0],title=p[1],unit=None if p[2]=='-' else p[2],place=pl,category=p[4],official=p[5]=='1'))
            if p[2] not in('-',) and p[2] not in flat: faults.append(f'{a["id"]} WARN unit {p[2]} not in page')
            if not any(m[2]=='POST' and m[3]==p[1] for m in M): faults.append(f'{a["id"]} post {p[1]} of {p[0]} has no mention')
        # post mention with no record
        for m in M:
            if m[2]=='POST' and not any(q['title']==m[3] for q in row['posts']): faults.append(f'{a["id"]} WARN POST mention {m[3]} without record')
        for key,nm in(('q','quantities'),('t','times')):
            R=sorted(S[key],key=lambda z:(z[0],-z[1])); sk=listed([(z[0],z[1],z[2]['surface']) for z in R],nm)
            for z in R:
                ob=z[2].get('object')
                if ob:
                    vm=re.search(anyp(ob),flat[low:high])
                    if vm: z[2]['object']=vm.group()
            row[nm]=[dict(z[2],**({'skip':k} if k else {})) for z,k in zip(R,sk)]
            S[key]=R
        evs=[]
        used=set()
        for line in a['E']:
            f=[x.strip() for x in line.split('|')]
            hd=f[0].split(); eid=hd[0]
            if eid not in S['ev']: faults.append(f'{a["id"]} event {eid} has no trigger'); continue
            used.add(eid)
            s,e,surf=S['ev'][eid]; args=[];pos=[]
            for x in f[1:]:
                if not x: continue
                role,_,val=x.partition('=')
                if role not in rs.ROLES: faults.append(f'{a["id"]} role {x}')
                mode=None
                mm=re.match(r'^(.*?)(<|>|#\d+)$',val)
                if mm: val,mode=mm.group(1),mm.group(2)
                vm=re.search(anyp(val),flat[low:high])
                if vm: val=vm.group()
                every=[z.start() for z in re.finditer(f'(?={re.escape(val)})',flat[:high]) if z.start()>=low]
                hits=[h for h in every if any(p<=h<q for p,q in ownd)] or every
                if not hits: faults.append(f'{a["id"]} arg {val} of {eid} {surf} not found'); continue
                near=min(hits,key=lambda h:abs(h-s))
                want=near
                if mode=='<':
                    c=[h for h in hits if h<s]; want=c[-1] if c else None
                elif mode=='>':
                    c=[h for h in hits if h>=s]; want=c[0] if c else None
                elif mode: want=hits[int(mode[1:])]
                if want is None: faults.append(f'{a["id"]} arg {val}{mode} none'); continue
                args.append([role,val] if want==near else [role,val,hits.index(want)])
                pos.append((role,want,want+len(val)))
            evs.append((s,e,surf,hd[1],hd[2] if len(hd)>2 else 'actual',args,pos,eid))
        for x in S['ev']:
            if x not in used: faults.append(f'{a["id"]} trigger {x} has no E line')
        evs.sort(key=lambda z:(z[0],-z[1]))
        sk=listed([(z[0],z[1],z[2]) for z in evs],'events')
        row['events']=[dict(type=z[3],trigger=z[2],realis=z[4],args=z[5],**({'skip':k} if k else {})) for z,k in zip(evs,sk)]
        drafts.append(row)
        intended[a['id']]=dict(ment=[(m[0],m[1]) for m in M],q=[(z[0],z[1]) for z in S['q']],t=[(z[0],z[1]) for z in S['t']],
            ev=[(z[0],z[1],z[6]) for z in evs],parts=[tuple(p) for p in S['parts']])
    draft=dict(page=f'{nn}.txt',annotator='author',year=year,articles=drafts)
    (OUT/'pages'/f'{nn}.txt').write_text(text); (OUT/'draft'/f'{nn}.json').write_text(json.dumps(draft,ensure_ascii=False,indent=1)+'\n')
    gold,fl=rs.resolve(draft,text); faults+=fl
    (OUT/'gold'/f'{nn}.json').write_text(json.dumps(gold,ensure_ascii=False,indent=1)+'\n')
    # verify
    sp=lambda s,e:page.span(s,e)
    for g in gold['articles']:
        I=intended[g['id']]
        for key,nm in(('ment','mentions'),('q','quantities'),('t','times')):
            A=[sp(*x) for x in I[key]];B=[[x['start'],x['end']] for x in g[nm]]
            if A!=B: faults.append(f'{g["id"]} {nm} OFFSETS DIFFER')
        if [sp(*p) for p in I['parts']]!=g['body']: faults.append(f'{g["id"]} BODY DIFFERS')
        for z,x in zip(I['ev'],g['events']):
            if sp(z[0],z[1])!=[x['trigger']['start'],x['trigger']['end']]: faults.append(f'{g["id"]} EVENT {x["trigger"]["text"]} DIFFERS')
            if [[y['start'],y['end']] for y in x['args']]!=[sp(p,q) for _,p,q in z[2]]: faults.append(f'{g["id"]} ARGS of {x["trigger"]["text"]} DIFFER')
    return text,draft,gold,faults,page
def lint(nn,text,gold,page):
    flat=page.flat; cov=[set() for _ in range(4)]
    inv={r:i for i,r in enumerate(page.back)}
    def add(c,s,e):
        for r in range(s,e):
            if r in inv: cov[c].add(inv[r])
    for g in gold['articles']:
        for m in g['mentions']: add(0,m['start'],m['end'])
        for m in g['quantities']: add(1,m['start'],m['end'])
        for m in g['times']: add(2,m['start'],m['end'])
        for m in g['events']: add(3,m['trigger']['start'],m['trigger']['end'])
    def rep(name,rx,cs):
        hits=[]
        for m in re.finditer(rx,flat):
            if not any(any(p in cov[c] for p in range(m.start(),m.end())) for c in cs):
                hits.append(flat[max(0,m.start()-5):m.start()]+'['+m.group()+']'+flat[m.end():m.end()+5])
        if hits: print('  ',name,' ; '.join(hits))
    rep('NUM',r'[0-9一二三四五六七八九十百千万亿两半]+',[1,2])
    rep('TIME',r'近日|日前|近年来|目前|今年|去年|明年|当天|当日|当晚|次日|昨|前天|上午|下午|凌晨|现在|如今|当时|过去|未来|近期|今后|下一步|以来|暑期|寒假|春|秋|冬|夏|每天|每月|每年|每周|月底|年底|日晚|周[一二三四五六日末]|期间|连日|此前|随后',[2])
    rep('PLACE',r'[一-龥]{2}(?:村|镇|乡|社区|街道|县|市|区|小区|路|湖|河|山)|我[省市县区镇村]|[该本][省市县区镇村]',[0])
    rep('POST',r'书记|主任|局长|镇长|乡长|县长|院长|校长|会长|理事长|董事长|经理|教师|村民|居民|民警|医生|队长|站长|所长|委员|主席|志愿者|负责人|市民',[0])
    rep('ORG',r'[一-龥]{3}(?:公司|局|委员会|协会|合作社|学校|中学|小学|医院|银行|支行|大队|中心|政府|党委|总工会|妇联|团县委|法院|检察院|县委|市委|学院|大学|商会)',[0])
    rep('EV',r'启动|开展|举办|举行|召开|成立|揭牌|授予|荣获|获评|入选|走访|慰问|调研|建成|改造|修建|新建|投入|投资|发放|捐赠|捐献|献血|救援|扑灭|火灾|事故|公布|印发|出台|发布|当选|选举|任命|担任|签订|签约|联合|排查|检查|查处|培训|讲座|宣讲|组建|设立|实施|推出|动工|开工|转移|抢修|评选|比赛|竞赛|决赛|考察|看望|公示|挂牌|评为|落户|竣工|通车|贷款|拨付|筹集|募集|义诊|共建|结对|处罚|立案|整治|巡查|督查|暴雨|泥石流|受灾|坠|落水|拥堵',[3])
if __name__=='__main__':
    for folder in ('pages','draft','gold'): (OUT/folder).mkdir(parents=True,exist_ok=True)
    for nn in sys.argv[2:]:
        text,draft,gold,faults,page=build(nn)
        print('==',nn,len(page.flat),'chars',len(gold['articles']),'articles',{k:sum(len(a[k]) for a in gold['articles']) for k in('mentions','posts','quantities','times','events')})
        for f in faults: print('   FAULT',f)
        lint(nn,text,gold,page)
