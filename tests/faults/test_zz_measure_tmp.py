import time, statistics, threading
from dataclasses import replace
from concurrent.futures import ThreadPoolExecutor
import requests, pytest
from tests.faults import tcp_proxy as tcp
from tests.faults.blawby_stage import BlawbyStage
from tests.faults.gunicorn import Gunicorn
from tests.faults.test_blawby_worker import send
def test_measure(service, sandbox, canaries, tmp_path):
    with BlawbyStage(service, sandbox, canaries, tmp_path/"c") as blawby:
        blawby.intakes=400
        op={"Authorization": f"Bearer {blawby.stage.operator.token}"}
        with Gunicorn(replace(service, blawby_url=blawby.proxy.url), tmp_path, WEB_CONCURRENCY="2") as g:
            s=requests.Session()
            def probe(seconds):
                h,k=[],[]
                end=time.time()+seconds
                while time.time()<end:
                    t=time.time(); s.get(g.url+"/healthz"); h.append(time.time()-t)
                    t=time.time(); s.get(g.url+blawby.team.secret,headers=op); k.append(time.time()-t)
                    time.sleep(0.02)
                q=lambda x: f"p50 {statistics.median(x)*1000:.1f} p95 {sorted(x)[int(len(x)*.95)]*1000:.1f} max {max(x)*1000:.1f} ms n={len(x)}"
                print("\nhealth",q(h),"| secret",q(k))
            for i in range(8): send(g,blawby,f"w{i}")
            probe(3)
            blawby.proxy.always("/customers", tcp.is_silent)
            with ThreadPoolExecutor(40) as threads:
                sent=[threads.submit(send,g,blawby,f"s-{n}") for n in range(40)]
                probe(10)
                import collections
                print(collections.Counter((p.result()["method"],p.result()["reason"]) for p in sent))
            stop=threading.Event()
            def keep(n):
                i=0; r=[]
                while not stop.is_set():
                    t=time.time(); p=send(g,blawby,f"k-{n}-{i}"); r.append(time.time()-t); i+=1
                return r
            with ThreadPoolExecutor(40) as threads:
                sent=[threads.submit(keep,n) for n in range(40)]
                probe(15); stop.set()
                r=[x for s_ in sent for x in s_.result()]
                print("agent", len(r), "p50",statistics.median(r),"max",max(r))
            blawby.proxy.heal()
